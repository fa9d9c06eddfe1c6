import { statSync } from "node:fs";
import { resolve } from "node:path";
import { CHECKERS, validateClaim } from "../checker/catalogue.ts";
import type { World } from "../cli.ts";
import { faultNamed } from "../fault/catalogue.ts";
import { resolveParameters } from "../fault/parameter.ts";
import { requireComposable } from "../fault/together.ts";
import { measureNamed } from "../objective/catalogue.ts";
import { parseThreshold } from "../objective/threshold.ts";
import { validateObjectives } from "../objective/validate.ts";
import { formatDuration } from "../plan/duration.ts";
import { type ParsedPlan, parsePlan } from "../plan/parse.ts";
import { scalingTimes } from "../plan/scaling-times.ts";
import { GamedayError, type Place, systemReason } from "../std/errors.ts";
import { readGiven } from "../std/given-file.ts";
import { canonicalJson, type Json } from "../std/json.ts";
import { suggestion } from "../std/suggest.ts";
import { PLATFORMS, platformKind } from "./platforms.ts";

export interface PlanFile extends ParsedPlan {
  readonly file: string;
  readonly text: string;
}

/**
 * Reads and checks a plan as far as possible without changing anything. Throws one GamedayError, with its place, if anything
 * is wrong.
 */
export function readPlanFile(world: World, given: string): PlanFile {
  const file = resolve(world.cwd, given);
  const text = readText(file);
  const platforms = Object.fromEntries(PLATFORMS.map((kind) => [kind.name, kind.schema]));
  const parsed = parsePlan(text, { file: given, environment: world.env, platforms, folder: resolve(file, "..") });
  for (const check of [checkFiles, checkLoad, checkAutoscaling, checkExperiments, checkClaims, checkObjectives])
    check(parsed);
  return { ...parsed, file, text };
}

/** The largest plan that is read; nobody writes a larger one. */
const PLAN_BYTES_MAX = 4 << 20;

function readText(file: string): string {
  try {
    return readGiven(file, { as: "a plan", bytesMax: PLAN_BYTES_MAX }).toString("utf8");
  } catch (cause) {
    throw notRead(file, systemReason(cause), cause);
  }
}

function notRead(file: string, got: string, cause?: unknown): GamedayError {
  const hint = "give the plan's YAML file, such as examples/jewelry-shop/smoke.yaml";
  return new GamedayError({ code: "plan-not-read", expected: "a plan to read", got, hint, place: { file }, cause });
}

function checkFiles({ plan, placeOf }: ParsedPlan): void {
  const named: [string, PropertyKey[]][] = plan.load.scenarios.map(({ file }, index) => [
    file,
    ["load", "scenarios", index, "file"],
  ]);
  if (plan.probes !== null) named.push([plan.probes.file, ["probes"]]);
  for (const [index, { insideProbes }] of plan.experiments.entries()) {
    if (insideProbes !== undefined) named.push([insideProbes, ["experiments", index, "insideProbes"]]);
  }
  for (const [path, where] of named) {
    const got = whyNoFile(path);
    if (got === null) continue;
    const hint = "paths in a plan are relative to the plan's folder";
    throw new GamedayError({
      code: "plan-missing-file",
      expected: `the file ${path}`,
      got,
      hint,
      place: placeOf(where),
    });
  }
}

function whyNoFile(path: string): string | null {
  try {
    return statSync(path).isFile() ? null : "a folder, not a file";
  } catch (thrown) {
    return systemReason(thrown);
  }
}

/**
 * Checks the load. A threshold that cannot be judged, or a load that has ended when the faults are injected, would prove
 * nothing.
 */
function checkLoad({ plan, placeOf }: ParsedPlan): void {
  for (const [metric, expressions] of Object.entries(plan.load.thresholds)) {
    for (const [index, expression] of expressions.entries()) {
      const place = placeOf(["load", "thresholds", metric, index]);
      placed(place, () => parseThreshold(`${metric}: ${expression}`));
    }
  }
  const last = plan.load.stages.length - 1;
  if (plan.load.stages[last]?.target !== 0 || plan.experiments.length === 0) return;
  throw new GamedayError({
    code: "plan-load-gone",
    expected: "a load that is there while faults are injected",
    got: "a last stage with target 0, which is held through all experiments",
    hint: "leave the ramp-down out: the load ends by itself after the last experiment",
    place: placeOf(["load", "stages", last, "target"]),
  });
}

function placed<T>(place: Place, body: () => T): T {
  try {
    return body();
  } catch (thrown) {
    throw thrown instanceof GamedayError ? thrown.at(place) : thrown;
  }
}

/**
 * Checks the wait for scaling down. A wait shorter than the window in which an autoscaler may not scale down would certainly
 * make its objective unknown.
 */
function checkAutoscaling({ plan, placeOf }: ParsedPlan): void {
  const { downLeastMs } = scalingTimes(plan.platform);
  if (plan.autoscaling === null || plan.autoscaling.down.withinMs >= downLeastMs) return;
  throw new GamedayError({
    code: "plan-tail-too-short",
    expected: `autoscaling.down.within to be more than the stabilisation window of ${formatDuration(downLeastMs)}`,
    got: formatDuration(plan.autoscaling.down.withinMs),
    hint: "leave it out, and the time is computed from the window",
    place: placeOf(["autoscaling", "down", "within"]),
  });
}

function checkExperiments({ plan, placeOf }: ParsedPlan): void {
  const seen = new Set<string>();
  for (const [index, { name, fault, parameters, together, insideProbes }] of plan.experiments.entries()) {
    const kind = faultNamed(fault, placeOf(["experiments", index, "fault"]));
    resolveParameters(kind, parameters, placeOf(["experiments", index, "with"]));
    if (together !== undefined) checkTogether(fault, insideProbes, placeOf(["experiments", index, "fault"]));
    if (seen.has(name)) {
      const place = placeOf(["experiments", index, "name"]);
      throw new GamedayError({
        code: "plan-duplicate",
        expected: "experiments with names of their own",
        got: `"${name}" twice`,
        place,
      });
    }
    seen.add(name);
  }
}

function checkTogether(fault: string, insideProbes: string | undefined, place: Place): void {
  placed(place, () => requireComposable(faultNamed(fault)));
  if (insideProbes === undefined) return;
  throw new GamedayError({
    code: "plan-inside-together",
    expected: "insideProbes at an experiment that stands by itself",
    got: "one of a group",
    hint: "what a client inside a node wrote could not be put down to one fault of several",
    place,
  });
}

function checkClaims({ plan, placeOf }: ParsedPlan): void {
  checkLedgers({ plan, placeOf });
  const known = CHECKERS.map((checker) => checker.name);
  for (const [index, claim] of plan.claims.entries()) {
    for (const [each, name] of claim.checkers.entries()) {
      if (known.includes(name)) continue;
      const place = placeOf(["claims", index, "checkers", each]);
      throw new GamedayError({
        code: "plan-unknown-checker",
        expected: "a known checker",
        got: `"${name}"`,
        hint: suggestion(name, known),
        place,
      });
    }
    validateClaim(claim, placeOf(["claims", index, "options"]));
  }
}

/** Requires one ledger for each object: it is read once for all claims about the object. */
function checkLedgers({ plan, placeOf }: Pick<ParsedPlan, "plan" | "placeOf">): void {
  const sources = new Map<string, string>();
  for (const [index, { object, source }] of plan.claims.entries()) {
    if (source.kind === "none") continue;
    const text = canonicalJson(source as unknown as Json);
    if ((sources.get(object) ?? text) !== text) {
      throw new GamedayError({
        code: "plan-two-ledgers",
        expected: `one ledger of "${object}"`,
        got: "another one than in the claim before",
        hint: "give claims about different things different objects",
        place: placeOf(["claims", index, "ledger"]),
      });
    }
    sources.set(object, text);
  }
}

function checkObjectives({ plan, placeOf }: ParsedPlan): void {
  checkMeasured({ plan, placeOf });
  const [complaint] = validateObjectives(plan);
  if (complaint === undefined) return;
  const { id, index, at, expected, got, hint } = complaint;
  throw new GamedayError({
    code: "plan-objective",
    expected: `objective "${id}" to have ${expected}`,
    got,
    hint,
    place: placeOf(["objectives", index, ...at.split(".")]),
  });
}

/**
 * Checks the objectives' ids and measures. Comparing runs and reading a report need unique ids; a measure needs a platform
 * that reports what it counts.
 */
function checkMeasured({ plan, placeOf }: Pick<ParsedPlan, "plan" | "placeOf">): void {
  const { tells } = platformKind(plan.platform.kind);
  const ids = new Set<string>();
  for (const [index, { id, measure }] of plan.objectives.entries()) {
    const place = (key: string) => ({ place: placeOf(["objectives", index, key]) });
    if (ids.has(id)) {
      const expected = "objectives with ids of their own";
      throw new GamedayError({ code: "plan-duplicate", expected, got: `"${id}" twice`, ...place("id") });
    }
    ids.add(id);
    const watched = measureNamed(measure)?.watches;
    if (watched === undefined || tells.includes(watched)) continue;
    throw new GamedayError({
      code: "plan-objective",
      expected: `a platform that tells of ${watched}, for the measure ${measure}`,
      got: `"${plan.platform.kind}", which does not`,
      hint: "without being told, nothing would ever be counted, and nothing proven",
      ...place("measure"),
    });
  }
}
