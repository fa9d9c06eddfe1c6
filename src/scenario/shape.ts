/** What a module exports as a scenario, looked at without running any of it. */
import type { ScenarioDefinition } from "../scenario.ts";
import { GamedayError } from "../std/errors.ts";
import { suggestion } from "../std/suggest.ts";
import { thinking } from "./think.ts";

export interface Problem {
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

const HOOKS = ["setup", "teardown", "onStart", "onStop", "login", "run"] as const;
const KEYS: readonly string[] = ["name", "weight", "tags", "think", "tasks", ...HOOKS];

/** The first thing that is wrong with a scenario; undefined: nothing. */
export function scenarioProblem(given: unknown): Problem | undefined {
  if (typeof given !== "object" || given === null)
    return { expected: "a default export of scenario({...})", got: describe(given) };
  const definition = given as Partial<ScenarioDefinition>;
  return keyProblem(definition) ?? bodyProblem(definition) ?? thinkProblem(definition);
}

function keyProblem(definition: Partial<ScenarioDefinition>): Problem | undefined {
  const { name, weight } = definition;
  if (typeof name !== "string" || name === "")
    return { expected: "a scenario with a name", got: `name ${describe(name)}` };
  const unknown = Object.keys(definition).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    return { expected: "only known parts of a scenario", got: `"${unknown}"`, hint: suggestion(unknown, KEYS) };
  if (weight !== undefined && !(typeof weight === "number" && weight > 0))
    return { expected: "a weight above 0", got: describe(weight) };
  const hook = HOOKS.find((key) => definition[key] !== undefined && typeof definition[key] !== "function");
  return hook === undefined ? undefined : { expected: `${hook} to be a function`, got: describe(definition[hook]) };
}

function bodyProblem({ run, tasks }: Partial<ScenarioDefinition>): Problem | undefined {
  const runs = Number(run !== undefined) + Number(Array.isArray(tasks) && tasks.length > 0);
  if (runs !== 1) return { expected: "a scenario with either run or tasks", got: runs === 0 ? "neither" : "both" };
  const broken = tasks?.find((task) => typeof task?.run !== "function" || typeof task.name !== "string");
  if (broken !== undefined) return { expected: "tasks with a name and a run function", got: describe(broken) };
  const weightless = tasks?.find(({ weight = 1 }) => !(typeof weight === "number" && weight > 0));
  if (weightless === undefined) return undefined;
  return { expected: `task "${weightless.name}" to have a weight above 0`, got: describe(weightless.weight) };
}

function thinkProblem({ think }: Partial<ScenarioDefinition>): Problem | undefined {
  if (think === undefined) return undefined;
  try {
    thinking(think);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    return { expected: thrown.expected, got: thrown.got };
  }
}

export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "function" ? "a function" : (JSON.stringify(value)?.slice(0, 120) ?? String(value));
}
