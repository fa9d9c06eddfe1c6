/**
 * Judges evidence: judge(evidence) -> Verdict. It is pure, so the same evidence gives the same verdict at any time and on any
 * machine. It reads the evidence in a single pass: the timeline, then operations, ledger and intervals.
 */
import { CHECKERS } from "../checker/catalogue.ts";
import type { Checker, RunFacts } from "../checker.ts";
import { wellFormed } from "../evidence/shape.ts";
import type { Evidence } from "../evidence.ts";
import { assess } from "../objective/assess.ts";
import { measureNamed } from "../objective/catalogue.ts";
import type { Facts } from "../objective/facts.ts";
import { LoadFold } from "../objective/load-fold.ts";
import { assessThresholds, thresholdFoldOf } from "../objective/threshold-assess.ts";
import { type Window, windowsOf } from "../objective/windows.ts";
import { outagesOf } from "../outage/outages.ts";
import { isBare } from "../plan/bare.ts";
import { type Status, worst } from "../status.ts";
import { ExitCode } from "../std/errors.ts";
import { firstBiteMs, lastHealMs } from "../timeline/rounds.ts";
import { type ExperimentStory, type Story, tellStory } from "../timeline/story.ts";
import { changedByHand } from "../validity/by-hand.ts";
import { VALIDITY_RULES } from "../validity/catalogue.ts";
import { VERDICT_VERSION, type Verdict } from "../verdict.ts";
import { judgeExperiment } from "./experiments.ts";
import { countingOf, loadRan } from "./load-alone.ts";
import { neverSucceeded } from "./never-succeeded.ts";
import { notTestedBy } from "./not-tested.ts";
import { ownFindings, repeatedLogins, UNASKED } from "./own-findings.ts";
import { readOnce } from "./read.ts";
import { sentenceOf } from "./sentence.ts";
import { tornBy } from "./torn.ts";
import { type Judgements, withoutAccusing, withoutPassing } from "./withhold.ts";

export function judge(evidence: Evidence, checkers: readonly Checker[] = CHECKERS): Verdict {
  return judgeFully(evidence, checkers).verdict;
}

/** The verdict, and the figures that the reports take from the same single pass. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly facts: Facts;
}

/** Judges the evidence of a finished run. Throws GamedayError (exit 2) if the evidence does not have the expected shape. */
export function judgeFully(given: Evidence, checkers: readonly Checker[] = CHECKERS): Judgement {
  return judgeAs("finished", given, checkers);
}

/**
 * Judges a run that is not finished: all client operations and the ledger are recorded, but the clean-up and the seal are still
 * to come. Nothing in the result has the status pass.
 */
export function judgeSoFar({ torn: _, ...given }: Evidence): Judgement {
  return judgeAs("going on", { ...given, flaws: ["it is not sealed yet"] }, CHECKERS);
}

type Stage = "finished" | "going on";

function judgeAs(stage: Stage, given: Evidence, checkers: readonly Checker[]): Judgement {
  const evidence = wellFormed(given);
  const { run, timeline } = evidence;
  const { plan } = run;
  const story = tellStory(timeline, plan.experiments);
  const reading = readOnce(evidence, runFacts(run.runId, story), checkers);
  const { findings, streams } = reading;
  const ground = { story, streams, findings, mayRecoverLate: (one: ExperimentStory) => mayRecoverLate(one, plan) };
  const experiments = story.experiments.map((one) => judgeExperiment(one, ground));
  const windows = windowsOf(story, experiments, plan);
  const load = foldLoad(evidence, windows, story);
  const judged = VALIDITY_RULES.map((rule) => rule.judge({ ...reading, evidence, story, experiments, load }));
  const byHand = changedByHand(story);
  const doubts = [...judged.flatMap((one) => one.doubts), ...byHand.doubts];
  const outages = streams.flatMap(outagesOf);
  const facts: Facts = { plan, story, experiments, streams, findings, doubts, outages, windows, load };
  const torn = stage === "finished" ? tornBy(evidence, story, reading.operations.count) : null;
  const judgements = {
    validity: [...judged.map(({ finding }) => finding), ...byHand.findings],
    findings: [
      ...findings,
      ...(isBare(plan)
        ? [loadRan(plan.load, story, load)]
        : [...ownFindings(story, experiments), ...neverSucceeded(facts)]),
      ...repeatedLogins(load.fates.loginsRepeated),
    ],
    experiments,
    objectives: [
      ...plan.objectives.map((objective) => assess(objective, facts)),
      ...assessThresholds(plan.load?.thresholds ?? {}, facts),
    ],
  };
  return { verdict: conclude(evidence, story, permitted(stage, judgements, torn), torn), facts };
}

/** Returns true for kinds of fault that hurt for as long as they hold, and for faults that the plan marks `healedBy: anyone`. */
function mayRecoverLate(
  { traits, name, plannedName }: ExperimentStory,
  { objectives }: Evidence["run"]["plan"],
): boolean {
  if (traits.recoversOnlyAfterHeal) return true;
  const names = new Set([name, plannedName]);
  return objectives.some(({ over }) => over["healedBy"] === "anyone" && names.has(over["experiment"] ?? ""));
}

/** Folds the load's intervals over all windows, and over those parts of the windows that objectives need. */
function foldLoad(evidence: Evidence, windows: readonly Window[], story: Story): LoadFold {
  const { objectives } = evidence.run.plan;
  const asked = objectives.flatMap(({ measure, over }) => measureNamed(measure)?.wants?.(over) ?? []);
  const wanted = [...windows.map(({ key }) => ({ window: key, tags: {} })), ...asked];
  const span = { fromMs: Math.max(0, story.span.fromMs), toMs: story.span.toMs };
  const load = new LoadFold(windows, wanted, span, thresholdFoldOf(evidence.run.plan.load?.thresholds ?? {}));
  for (const interval of evidence.intervals()) load.add(interval);
  return load;
}

function permitted(stage: Stage, judgements: Judgements, torn: string | null): Judgements {
  if (stage === "going on") return withoutPassing(judgements);
  return torn === null ? judgements : withoutAccusing(judgements, torn);
}

function conclude({ run }: Evidence, story: Story, parts: Judgements, torn: string | null): Verdict {
  const status = statusOf({ ...parts, validity: countingOf(run.plan, parts.validity) });
  const verdict = {
    version: VERDICT_VERSION,
    runId: run.runId,
    plan: run.plan.name,
    verdict: status,
    exitCode: exitCodeOf(status, story),
    ...parts,
    notTested: notTestedBy(run.plan, story, parts.experiments),
    manualInterventions: story.controls.filter((control) => control.manual).length,
  };
  return { ...verdict, sentence: sentenceOf(verdict, { torn, objectives: run.plan.objectives }) };
}

/**
 * Returns the worst of all statuses. A run without an objective, a claim or an experiment proves nothing, so it is unknown even
 * if the platform was healthy at the end.
 */
function statusOf({ validity, findings, objectives }: Judgements): Status {
  const all: readonly { readonly status: Status }[] = [...validity, ...findings, ...objectives];
  const asked = objectives.length + findings.filter(({ checker }) => !UNASKED.has(checker)).length;
  return worst([...all.map(({ status }) => status), ...(asked === 0 ? (["unknown"] as const) : [])]);
}

function exitCodeOf(status: Status, story: Story): number {
  return story.residue.length > 0 ? ExitCode.residue : ExitCode[status];
}

/**
 * Returns the facts that checkers need. For writes, a fault starts at its command, because "acknowledged in the last second
 * before the fault" must not depend on how soon the bite was seen. Each round is a separate fault, because each can lose what
 * was acknowledged just before it.
 */
function runFacts(runId: string, story: Story): RunFacts {
  const faults = story.experiments.flatMap((experiment) =>
    experiment.rounds
      .filter((round) => firstBiteMs(round) !== null)
      .map((round) => ({
        experiment: experiment.name,
        bitAtMs: round.commandedAtMs,
        healedAtMs: lastHealMs(round),
      })),
  );
  const lost = story.workers.filter((worker) => worker.edge === "lost");
  return { runId, faults, lostWorkers: lost.map(({ worker, atMs }) => ({ worker, atMs })) };
}
