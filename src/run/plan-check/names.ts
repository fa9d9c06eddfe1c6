/**
 * Finds names in a plan that refer to nothing: classes of probes, scenarios, objects. Otherwise they would be noticed only
 * after the run, as "unknown", or when a fault is to be injected.
 */
import type { ScriptFacts } from "../../load/script/inspect.ts";
import { measureNamed } from "../../objective/catalogue.ts";
import { parseThreshold } from "../../objective/threshold.ts";
import type { Objective } from "../../plan.ts";
import { GamedayError } from "../../std/errors.ts";
import { suggestion } from "../../std/suggest.ts";
import type { Parsed, PlanProblem } from "./problem.ts";

type Path = readonly PropertyKey[];

/**
 * Finds names that refer to nothing. `scripts` describes the modules of load and probes; if some of them do not
 * load, names of classes and scenarios are not checked.
 */
export function checkNames(given: Parsed, scripts: readonly (ScriptFacts | GamedayError)[]): PlanProblem[] {
  const { plan } = given;
  const known = scripts.filter((script): script is ScriptFacts => !(script instanceof GamedayError));
  const areAllKnown = known.length === scripts.length;
  const classes = known.flatMap(({ probes }) => probes.map((probe) => probe.class));
  const scenarios = known.flatMap(({ scenario }) => scenario ?? []);
  return [
    ...(areAllKnown ? [...rateErrors(given, classes), ...thresholdErrors(given, scenarios)] : []),
    ...plan.objectives.flatMap((objective, index) => [
      ...missingProbes(given, objective, index),
      ...(areAllKnown ? probeErrors(given, objective, index, classes) : []),
      ...(areAllKnown
        ? scenarioErrors(given, objective.over["scenario"], ["objectives", index, "over", "scenario"], scenarios)
        : []),
      ...claimErrors(given, objective, index),
    ]),
  ];
}

function probeErrors({ plan, placeOf }: Parsed, objective: Objective, index: number, classes: readonly string[]) {
  const wanted = objective.over["class"];
  if (plan.probes === null || wanted === undefined || measureNamed(objective.measure)?.readsProbes !== true) return [];
  if (classes.includes(wanted)) return [];
  const expected = `a class that a probe has (${[...new Set(classes)].join(", ")})`;
  const at = ["objectives", index, "over", "class"];
  return [complaint(placeOf, at, { expected, got: `"${wanted}"`, hint: suggestion(wanted, classes) })];
}

function rateErrors({ plan, placeOf }: Parsed, classes: readonly string[]): PlanProblem[] {
  const rate = plan.probes?.rate ?? {};
  const strange = typeof rate === "number" ? [] : Object.keys(rate).filter((name) => !classes.includes(name));
  const expected = `a class that a probe has (${[...new Set(classes)].join(", ")})`;
  return strange.map((name) =>
    complaint(placeOf, ["probes", "rate", name], { expected, got: `"${name}"`, hint: suggestion(name, classes) }),
  );
}

function scenarioErrors({ placeOf }: Parsed, wanted: string | undefined, at: Path, scenarios: readonly string[]) {
  if (wanted === undefined || scenarios.includes(wanted)) return [];
  const expected = `the name of a scenario of the load (${scenarios.join(", ")})`;
  return [complaint(placeOf, at, { expected, got: `"${wanted}"`, hint: suggestion(wanted, scenarios) })];
}

function thresholdErrors(given: Parsed, scenarios: readonly string[]): PlanProblem[] {
  return Object.entries(given.plan.load.thresholds).flatMap(([metric, expressions]) =>
    expressions.flatMap((expression, index) => {
      const { tags } = parseThreshold(`${metric}: ${expression}`).metric;
      return scenarioErrors(given, tags["scenario"], ["load", "thresholds", metric, index], scenarios);
    }),
  );
}

/** Requires probes for a measure that is read from them. */
function missingProbes({ plan, placeOf }: Parsed, { measure }: Objective, index: number): PlanProblem[] {
  if (plan.probes !== null || measureNamed(measure)?.readsProbes !== true) return [];
  const got = "none: the plan has no `probes`";
  const expected = `probes, from which ${measure} is read`;
  return [complaint(placeOf, ["objectives", index, "measure"], { expected, got, hint: "probes: probes.ts" })];
}

/** Requires a claim for what a checker counts: of the given object, or of any. The writes around an experiment are of all objects. */
function claimErrors({ plan, placeOf }: Parsed, { measure, over }: Objective, index: number): PlanProblem[] {
  const checker = measureNamed(measure)?.readsChecker;
  if (checker === undefined) return [];
  const objects = plan.claims.filter(({ checkers }) => checkers.includes(checker)).map(({ object }) => object);
  const wanted = over["experiment"] === undefined ? over["object"] : undefined;
  if (wanted === undefined ? objects.length > 0 : objects.includes(wanted)) return [];
  const at = ["objectives", index, ...(wanted === undefined ? ["measure"] : ["over", "object"])];
  const expected = `a claim with the checker ${checker}, from which ${measure} is read`;
  const got = wanted === undefined ? "none" : `none of "${wanted}"`;
  const hint =
    objects.length === 0
      ? `claims: [{ object: ..., checkers: [${checker}], ledger: ... }]`
      : suggestion(wanted ?? "", objects);
  return [complaint(placeOf, at, { expected, got, hint })];
}

function complaint(
  placeOf: Parsed["placeOf"],
  path: Path,
  { expected, got, hint }: { readonly expected: string; readonly got: string; readonly hint: string },
): PlanProblem {
  return { code: "plan-no-such-name", expected, got, hint, place: placeOf(path) };
}
