/** Validates what a module exports as a scenario, without running any of it. */
import type { ScenarioDefinition } from "../scenario.ts";
import { GamedayError } from "../std/errors.ts";
import { parseHosts } from "../std/hosts.ts";
import { suggestion } from "../std/suggest.ts";
import { thinking } from "./think.ts";

export interface ShapeProblem {
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

const HOOKS = ["setup", "teardown", "onStart", "onStop", "login", "run"] as const;
const KEYS: readonly string[] = ["name", "weight", "tags", "hosts", "think", "tasks", ...HOOKS];
const TASK_KEYS: readonly string[] = ["name", "weight", "run"];

/** Returns the first thing that is wrong with a scenario; undefined if it is valid. */
export function scenarioProblem(given: unknown): ShapeProblem | undefined {
  if (typeof given !== "object" || given === null)
    return { expected: "a default export of scenario({...})", got: describe(given) };
  const definition = given as Partial<ScenarioDefinition>;
  return (
    keyProblem(definition) ??
    bodyProblem(definition) ??
    saidBy(() => definition.think !== undefined && thinking(definition.think)) ??
    saidBy(() => definition.hosts !== undefined && parseHosts(definition.hosts))
  );
}

function keyProblem(definition: Partial<ScenarioDefinition>): ShapeProblem | undefined {
  const { name, weight } = definition;
  if (typeof name !== "string" || !/^[^\p{Cc}]+$/u.test(name))
    return { expected: "a scenario with a name of one line", got: `name ${describe(name)}` };
  const unknown = Object.keys(definition).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    return { expected: "only known parts of a scenario", got: `"${unknown}"`, hint: suggestion(unknown, KEYS) };
  if (weight !== undefined && !isWeight(weight)) return { expected: "a weight above 0", got: describe(weight) };
  const { tags } = definition;
  if (tags !== undefined && !areTags(tags)) return { expected: 'tags such as { kind: "sale" }', got: describe(tags) };
  const hook = HOOKS.find((key) => definition[key] !== undefined && typeof definition[key] !== "function");
  return hook === undefined ? undefined : { expected: `${hook} to be a function`, got: describe(definition[hook]) };
}

function isWeight(weight: unknown): boolean {
  return typeof weight === "number" && weight > 0 && Number.isFinite(weight);
}

function areTags(tags: unknown): boolean {
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) return false;
  return Object.values(tags).every((value) => typeof value === "string");
}

function bodyProblem({ run, tasks }: Partial<ScenarioDefinition>): ShapeProblem | undefined {
  const listed = Array.isArray(tasks) && tasks.length > 0;
  if (run !== undefined && tasks !== undefined) return { expected: "a scenario with either run or tasks", got: "both" };
  if (run === undefined && tasks === undefined)
    return { expected: "a scenario with either run or tasks", got: "neither" };
  if (tasks !== undefined && !listed)
    return { expected: "tasks as a list: [{ name, weight, run }]", got: describe(tasks) };
  for (const task of tasks ?? []) {
    const problem = taskProblem(task);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function taskProblem(task: unknown): ShapeProblem | undefined {
  const { name, run, weight } = (task ?? {}) as { name?: unknown; run?: unknown; weight?: unknown };
  if (typeof run !== "function" || typeof name !== "string")
    return { expected: "tasks with a name and a run function", got: describe(task) };
  if (weight !== undefined && !isWeight(weight))
    return { expected: `task "${name}" to have a weight above 0`, got: describe(weight) };
  const unknown = Object.keys(task as object).find((key) => !TASK_KEYS.includes(key));
  if (unknown === undefined) return undefined;
  return {
    expected: `only known parts of task "${name}"`,
    got: `"${unknown}"`,
    hint: suggestion(unknown, TASK_KEYS),
  };
}

/** Returns the error of a part's parser as a problem. */
function saidBy(parse: () => unknown): ShapeProblem | undefined {
  try {
    parse();
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    const { expected, got, hint } = thrown;
    return { expected, got, ...(hint === undefined ? {} : { hint }) };
  }
}

/** Returns a value as its script would write it, with a bounded length. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return typeof value === "string" ? JSON.stringify(value).slice(0, 120) : String(value);
  try {
    return JSON.stringify(value).slice(0, 120);
  } catch {
    return "an object that is no JSON"; // for example because it refers to itself
  }
}
