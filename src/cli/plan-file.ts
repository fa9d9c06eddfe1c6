import { dirname, resolve } from "node:path";
import type { World } from "../cli.ts";
import type { ParsedPlan } from "../plan/parse.ts";
import type { PlanProblem } from "../run/plan-check/problem.ts";
import { checkPlan, type PlanSurroundings } from "../run/plan-check.ts";
import { GamedayError, systemReason } from "../std/errors.ts";
import { readGiven } from "../std/given-file.ts";

export interface PlanFile extends ParsedPlan {
  /** The absolute path. */
  readonly file: string;
  readonly text: string;
}

export interface OpenedPlan {
  /** Null if the text cannot be read as a plan at all. */
  readonly planFile: PlanFile | null;
  /** Everything that is wrong with the plan's text. */
  readonly problems: readonly PlanProblem[];
}

/** Reads a plan and checks its text, and changes nothing. Throws GamedayError if there is no such file. */
export function openPlanFile(world: World, given: string): OpenedPlan {
  const file = resolve(world.cwd, given);
  const text = readText(file);
  const { parsed, problems } = checkPlan({ text, file: given, folder: dirname(file), environment: world.env });
  return { planFile: parsed === null ? null : { ...parsed, file, text }, problems };
}

/** Does the same as openPlanFile, but throws the first problem, with its place. */
export function readPlanFile(world: World, given: string): PlanFile {
  const { planFile, problems } = openPlanFile(world, given);
  requireNone(problems);
  if (planFile === null) throw new RangeError("expected a problem of a plan that could not be parsed, got none");
  return planFile;
}

/** Returns what the checks of a plan on this machine need; `scripts` describes the modules that the plan names. */
export function surroundingsOf(
  world: World,
  { file }: PlanFile,
  scripts: PlanSurroundings["scripts"],
): PlanSurroundings {
  return { scripts, folder: dirname(file), path: world.env["PATH"] ?? "" };
}

export function errorsOf(problems: readonly PlanProblem[]): GamedayError[] {
  return problems.map((problem) => new GamedayError(problem));
}

/** Throws the first problem, if there is any; its hint says where to see the others. */
export function requireNone([first, ...others]: readonly PlanProblem[]): void {
  if (first === undefined) return;
  if (others.length === 0) throw new GamedayError(first);
  const more = `\`gameday check\` lists all ${others.length + 1} problems of this plan`;
  throw new GamedayError({ ...first, hint: first.hint === undefined ? more : `${first.hint}; ${more}` });
}

/** The largest plan that is read; nobody writes a larger one. */
const PLAN_BYTES_MAX = 4 << 20;

function readText(file: string): string {
  try {
    return readGiven(file, { as: "a plan", bytesMax: PLAN_BYTES_MAX }).toString("utf8");
  } catch (cause) {
    const hint = "give the plan's YAML file, such as examples/jewelry-shop/smoke.yaml";
    const got = systemReason(cause);
    throw new GamedayError({ code: "plan-not-read", expected: "a plan to read", got, hint, place: { file }, cause });
  }
}
