import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CHECKERS } from "../checker/catalogue.ts";
import type { World } from "../cli.ts";
import { faultNamed } from "../fault/catalogue.ts";
import { resolveParameters } from "../fault/parameter.ts";
import { type ParsedPlan, parsePlan } from "../plan/parse.ts";
import type { Plan } from "../plan.ts";
import { GamedayError, messageOf } from "../std/errors.ts";
import { suggestion } from "../std/suggest.ts";
import { PLATFORMS } from "./platforms.ts";

export interface PlanFile extends ParsedPlan {
  readonly file: string;
  readonly text: string;
}

/** Reads and checks a plan as far as that goes without touching anything. Throws one GamedayError on anything wrong. */
export function readPlanFile(world: World, given: string): PlanFile {
  const file = resolve(world.cwd, given);
  const text = readText(file);
  const platforms = Object.fromEntries(PLATFORMS.map((kind) => [kind.name, kind.schema]));
  const parsed = parsePlan(text, { file: given, environment: world.env, platforms, folder: resolve(file, "..") });
  checkFiles(parsed.plan, given);
  checkNames(parsed.plan, given);
  return { ...parsed, file, text };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new GamedayError({
      code: "plan-not-read",
      expected: "a plan to read",
      got: messageOf(cause),
      place: { file },
      cause,
    });
  }
}

function checkFiles(plan: Plan, file: string): void {
  const named = [
    ...plan.load.scenarios.map((scenario) => scenario.file),
    ...(plan.probes === null ? [] : [plan.probes.file]),
  ];
  const missing = named.find((path) => !existsSync(path));
  if (missing === undefined) return;
  const hint = "paths in a plan are relative to the plan's folder";
  throw new GamedayError({
    code: "plan-missing-file",
    expected: `the file ${missing}`,
    got: "no such file",
    hint,
    place: { file },
  });
}

/** Names that catalogues know: checkers, faults and their parameters; and experiments that objectives speak of. */
function checkNames(plan: Plan, file: string): void {
  const checkers = CHECKERS.map((checker) => checker.name);
  for (const name of plan.claims.flatMap((claim) => claim.checkers)) requireKnown("checker", name, checkers, file);
  for (const experiment of plan.experiments) {
    resolveParameters(faultNamed(experiment.fault, { file }), experiment.parameters, { file });
  }
  const experiments = plan.experiments.map((experiment) => experiment.name);
  const twice = experiments.find((name, at) => experiments.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new GamedayError({
      code: "plan-duplicate",
      expected: "experiments with names of their own",
      got: `"${twice}" twice`,
      place: { file },
    });
  }
  for (const { over } of plan.objectives) {
    if (over["experiment"] !== undefined) requireKnown("experiment", over["experiment"], experiments, file);
  }
}

export function requireKnown(what: string, name: string, known: readonly string[], file: string): void {
  if (known.includes(name)) return;
  throw new GamedayError({
    code: `plan-unknown-${what}`,
    expected: `a known ${what}`,
    got: `"${name}"`,
    hint: suggestion(name, known),
    place: { file },
  });
}
