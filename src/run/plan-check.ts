/**
 * What makes a plan valid, as data: `gameday check`, `gameday run` and every other caller get the same problems, each with its
 * place in the file, and nothing is printed here. A plan is checked in three steps, because each step needs more than the one
 * before: the text alone (checkPlan), the machine and what the scripts contain (checkSurroundings), and the targets of the
 * platform (checkTargets).
 */
import type { ScriptFacts } from "../load/script/inspect.ts";
import { type ParsedPlan, parsePlan } from "../plan/parse.ts";
import { GamedayError } from "../std/errors.ts";
import { checkAutoscaling } from "./plan-check/autoscaling.ts";
import { checkClaims } from "./plan-check/claims.ts";
import { checkCommands } from "./plan-check/commands.ts";
import { checkExperiments } from "./plan-check/experiments.ts";
import { checkFiles } from "./plan-check/files.ts";
import { checkLoad } from "./plan-check/load.ts";
import { checkNames } from "./plan-check/names.ts";
import { checkObjectives } from "./plan-check/objectives.ts";
import { byPlace, type Parsed, type PlanProblem, problemOf } from "./plan-check/problem.ts";
import { checkQueries } from "./plan-check/queries.ts";
import { PLATFORMS } from "./platforms.ts";

export interface PlanText {
  readonly text: string;
  /** The name of the file in the places of problems. */
  readonly file: string;
  /** The folder that the plan's paths are relative to. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface CheckedPlan {
  /** Null if the text cannot be read as a plan at all; there is then one problem. */
  readonly parsed: ParsedPlan | null;
  /** In the order of the file; none contains a secret. An empty list means that the plan is valid as far as its text shows. */
  readonly problems: readonly PlanProblem[];
}

/** The checks of a plan's text; they look at nothing else but whether the files that it names exist. */
const CHECKS: readonly ((plan: Parsed) => PlanProblem[])[] = [
  checkFiles,
  checkLoad,
  checkAutoscaling,
  checkExperiments,
  checkClaims,
  checkQueries,
  checkObjectives,
];

/** Parses a plan and finds everything that is wrong with its text. Starts and changes nothing. */
export function checkPlan({ text, file, folder, environment }: PlanText): CheckedPlan {
  const platforms = Object.fromEntries(PLATFORMS.map((kind) => [kind.name, kind.schema]));
  try {
    const parsed = parsePlan(text, { file, folder, environment, platforms });
    return {
      parsed,
      problems: inOrder(
        parsed,
        CHECKS.flatMap((check) => check(parsed)),
      ),
    };
  } catch (thrown) {
    if (!(thrown instanceof GamedayError)) throw thrown;
    return { parsed: null, problems: [problemOf(thrown, { file })] };
  }
}

export interface PlanSurroundings {
  /** What the modules of load and probes contain, in any order; one that does not load is its error. */
  readonly scripts: readonly (ScriptFacts | GamedayError)[];
  /** The folder in which the plan's commands run. */
  readonly folder: string;
  /** PATH of the environment. */
  readonly path: string;
}

/**
 * Finds names that no script has, and commands that cannot be started on this machine. The plan's text must be valid (checkPlan).
 * Starts and changes nothing.
 */
export function checkSurroundings(parsed: ParsedPlan, { scripts, folder, path }: PlanSurroundings): PlanProblem[] {
  return inOrder(parsed, [...checkCommands(parsed, { folder, path }), ...checkNames(parsed, scripts)]);
}

function inOrder({ secrets }: ParsedPlan, problems: readonly PlanProblem[]): PlanProblem[] {
  return problems
    .map((problem) => ({
      ...problem,
      expected: secrets.redact(problem.expected),
      got: secrets.redact(problem.got),
      ...(problem.hint !== undefined && { hint: secrets.redact(problem.hint) }),
    }))
    .toSorted(byPlace);
}
