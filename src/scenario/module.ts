/** Loading of users' modules: `import { scenario } from "gameday"` means our own, wherever the file lies. */
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ProbeDefinition, ScenarioDefinition } from "../scenario.ts";
import { GamedayError, messageOf, type Place } from "../std/errors.ts";
import { describe, scenarioProblem } from "./shape.ts";

const SELF = new URL(import.meta.url.endsWith(".ts") ? "../scenario.ts" : "../scenario.js", import.meta.url).href;
let hooked = false;

/** Makes "gameday" mean this very package for all modules loaded from now on; once per process. */
function hookGameday(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "gameday" ? { url: SELF, shortCircuit: true } : next(specifier, context),
  });
}

/** The scenario that a module exports by default. Throws GamedayError at the place that is wrong. */
export async function loadScenario(file: string): Promise<ScenarioDefinition> {
  return scenarioIn(await loadDefault(file, "scenario({...})"), file);
}

/** The probes that a module exports by default. */
export async function loadProbes(file: string): Promise<readonly ProbeDefinition[]> {
  return probesIn(await loadDefault(file, "probes([...])"), file);
}

/** Whichever of the two a module exports by default. */
export async function loadScenarioOrProbes(file: string): Promise<ScenarioDefinition | readonly ProbeDefinition[]> {
  const given = await loadDefault(file, "scenario({...})");
  return Array.isArray(given) ? probesIn(given, file) : scenarioIn(given, file);
}

function scenarioIn(given: unknown, file: string): ScenarioDefinition {
  const problem = scenarioProblem(given);
  if (problem === undefined) return given as ScenarioDefinition;
  throw new GamedayError({
    code: "scenario-invalid",
    expected: problem.expected,
    got: problem.got,
    hint: problem.hint ?? 'export default scenario({ name: "...", async run(user) { ... } })',
    place: { file },
  });
}

function probesIn(given: unknown, file: string): readonly ProbeDefinition[] {
  const sound =
    Array.isArray(given) &&
    given.length > 0 &&
    given.every((probe) => typeof probe?.beat === "function" && typeof probe?.class === "string");
  if (sound) return given as readonly ProbeDefinition[];
  throw new GamedayError({
    code: "probes-invalid",
    expected: "a default export of probes([{ class, object, kind, beat }, ...])",
    got: describe(given),
    place: { file },
  });
}

async function loadDefault(file: string, what: string): Promise<unknown> {
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new GamedayError({
      code: "script-missing",
      expected: "a script to load",
      got: "no such file",
      place: { file },
    });
  }
  hookGameday();
  const module = await importModule(path);
  if ("default" in module) return module["default"];
  const names = Object.keys(module);
  throw new GamedayError({
    code: "script-no-default-export",
    expected: `a default export of ${what}`,
    got: names.length === 0 ? "no export at all" : `only ${names.join(", ")}`,
    hint: names.includes("options")
      ? "k6's `options` and default function become one scenario({...}); see docs/guide/load.md"
      : `export default ${what}`,
    place: { file },
  });
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (thrown) {
    throw loadError(thrown, path);
  }
}

/** Names the line of a syntax error, of TypeScript that cannot be stripped, and of what a module threw while loading. */
function loadError(thrown: unknown, path: string): GamedayError {
  if (thrown instanceof GamedayError && thrown.place !== undefined) return thrown;
  const code = thrown instanceof Error ? ((thrown as NodeJS.ErrnoException).code ?? "") : "";
  const unsupported = code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX";
  const syntax = thrown instanceof SyntaxError || code === "ERR_INVALID_TYPESCRIPT_SYNTAX";
  return new GamedayError({
    code: unsupported ? "script-unsupported-typescript" : syntax ? "script-syntax" : "script-failed-to-load",
    expected: "a script that loads",
    got: firstLine(messageOf(thrown)),
    hint: unsupported
      ? "types are stripped, not compiled: write const objects instead of enum, modules instead of namespace"
      : code === "ERR_MODULE_NOT_FOUND"
        ? "npm install it where the script lies; local imports need their extension (.ts)"
        : "the error is in the script or in what it imports",
    place: placeOf(thrown) ?? { file: path },
    cause: thrown,
  });
}

/** The first place in an error's stack that is a person's file: "file:///x/y.ts:3:5" or "/x/y.ts:3". */
export function placeOf(thrown: unknown): Place | undefined {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  for (const [, url, path, line, column] of stack.matchAll(
    /(?:(file:\/\/[^\s():]+)|(\/[^\s():]+)):(\d+)(?::(\d+))?/g,
  )) {
    const file = url === undefined ? (path ?? "") : fileURLToPath(url);
    if (isOurs(file)) continue;
    const known = column === undefined ? caretColumn(stack) : Number(column);
    return { file, line: Number(line), ...(known === undefined ? {} : { column: known }) };
  }
  return undefined;
}

/** Errors of syntax begin with the line itself and carets below it. */
function caretColumn(stack: string): number | undefined {
  const [head = "", ...below] = stack.split("\n");
  if (!/:\d+$/.test(head)) return undefined;
  const carets = below.slice(0, 5).find((line) => /^\s*\^+\s*$/.test(line));
  return carets === undefined ? undefined : carets.indexOf("^") + 1;
}

const OUR_FOLDER = fileURLToPath(new URL("..", import.meta.url));

/** True for files of this package and of packages: no person's script. */
export function isOurs(file: string): boolean {
  return file.startsWith(OUR_FOLDER) || file.includes("/node_modules/");
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}
