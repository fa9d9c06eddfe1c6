/** Loads users' modules: `import { scenario } from "gameday"` resolves to this package, wherever the module is. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BEATS_PER_SECOND } from "../probe.ts";
import type { ProbeDefinition, ScenarioDefinition } from "../scenario.ts";
import { GamedayError } from "../std/errors.ts";
import { hookImports } from "./imports.ts";
import { K6_HINT, loadError } from "./load-error.ts";
import { describe, type ShapeProblem, scenarioProblem } from "./shape.ts";

/** Returns the scenario that a module exports by default. Throws GamedayError with the place that is wrong. */
export async function loadScenario(file: string): Promise<ScenarioDefinition> {
  return scenarioIn(await loadDefault(file, "scenario({...})"), file);
}

/** Returns the probes that a module exports by default. */
export async function loadProbes(file: string): Promise<readonly ProbeDefinition[]> {
  return probesIn(await loadDefault(file, "probes([...])"), file);
}

/** Returns the scenario or the probes, whichever a module exports by default. */
export async function loadScenarioOrProbes(file: string): Promise<ScenarioDefinition | readonly ProbeDefinition[]> {
  const given = await loadDefault(file, "scenario({...})");
  return Array.isArray(given) ? probesIn(given, file) : scenarioIn(given, file);
}

function scenarioIn(given: unknown, file: string): ScenarioDefinition {
  const problem = problemOf(given, file);
  if (problem === undefined) return given as ScenarioDefinition;
  throw new GamedayError({
    code: "scenario-invalid",
    expected: problem.expected,
    got: problem.got,
    hint:
      problem.hint ??
      (typeof given === "function" ? K6_HINT : null) ??
      'export default scenario({ name: "...", async run(user) { ... } })',
    place: { file },
  });
}

/** Returns the first problem of a scenario. Inspecting it may run a getter of the script. */
function problemOf(given: unknown, file: string): ShapeProblem | undefined {
  try {
    return scenarioProblem(given);
  } catch (thrown) {
    throw loadError(thrown, resolve(file));
  }
}

function probesIn(given: unknown, file: string): readonly ProbeDefinition[] {
  const sound =
    Array.isArray(given) &&
    given.length > 0 &&
    given.every((probe) => typeof probe?.beat === "function" && typeof probe?.class === "string");
  if (sound) return given.map((probe) => withRate(probe, file));
  throw new GamedayError({
    code: "probes-invalid",
    expected: "a default export of probes([{ class, object, kind, beat }, ...])",
    got: describe(given),
    place: { file },
  });
}

function withRate(probe: ProbeDefinition, file: string): ProbeDefinition {
  const { rate = BEATS_PER_SECOND } = probe;
  if (typeof rate === "number" && rate >= 1 && rate <= BEATS_PER_SECOND) return probe;
  throw new GamedayError({
    code: "probes-invalid",
    expected: `the rate of the probe "${probe.class}" to be 1 to ${BEATS_PER_SECOND} beats a second`,
    got: describe(rate),
    place: { file },
  });
}

async function loadDefault(file: string, what: string): Promise<unknown> {
  const path = resolve(file);
  demandScript(path, file);
  hookImports();
  const module = await importModule(path);
  const names = Object.keys(module).filter((name) => name !== "module.exports");
  const empty = names.length === 1 && "module.exports" in module && isEmpty(module["default"]);
  if (names.includes("default") && !empty) return module["default"];
  throw new GamedayError({
    code: "script-no-default-export",
    expected: `a default export of ${what}`,
    got: names.length === 0 || empty ? "no export at all" : `only ${names.join(", ")}`,
    hint: names.includes("options") ? K6_HINT : `export default ${what}`,
    place: { file },
  });
}

/**
 * Returns whether an export is an empty object. Node treats a file without import and export as CommonJS, which exports
 * one.
 */
function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function demandScript(path: string, file: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  const python = path.endsWith(".py");
  if (found?.isFile() === true && !python) return;
  throw new GamedayError({
    code: "script-missing",
    expected: "a script to load",
    got: found === undefined ? "no such file" : python ? "Python" : "no file but a folder or the like",
    ...(python ? { hint: LOCUST_HINT } : {}),
    place: { file },
  });
}

const LOCUST_HINT =
  'locustfiles have to be rewritten in TypeScript: a class of users becomes scenario({ name, think, tasks: [{ name, weight, run }] }), self.client.get(path) becomes await user.http.get(path), wait_time = between(1, 3) becomes think: { uniform: ["1s", "3s"] }, on_start becomes onStart; see docs/guide/load.md';

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (thrown) {
    throw loadError(thrown, path);
  }
}
