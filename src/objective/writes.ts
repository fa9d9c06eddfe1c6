/** Measures the fate of acknowledged writes: lost-writes, duplicated-writes, rpo-seconds. */
import type { Finding } from "../checker.ts";
import type { Facts } from "./facts.ts";
import { exactly, type Measure, nothing, type Over, type OverKey, type Reading } from "./measure.ts";

const OBJECT: OverKey = { name: "object", required: false, says: "object of the claim; default: all" };
const EXPERIMENT: OverKey = { name: "experiment", required: false, says: "only writes around this experiment" };

/** Reads a figure of one checker. A loss that was found stands, while "none lost" requires every finding to be decided. */
function readFigure(checker: string, figure: string, over: Over, facts: Facts): Reading {
  const findings = facts.findings.filter(
    (finding) => finding.checker === checker && (over["object"] === undefined || finding.object === over["object"]),
  );
  if (findings.length === 0) return nothing(`no claim of the plan uses the checker ${checker}`);
  const found = findings.reduce((sum, finding) => sum + (finding.figures[figure] ?? 0), 0);
  const open = findings.find((finding) => finding.status === "unknown");
  if (found === 0 && open !== undefined) return nothing(open.because);
  // An undecided object can only add to the losses of the others.
  return {
    range: { lower: found, upper: open === undefined ? found : Number.POSITIVE_INFINITY },
    says: saysOf(findings),
    witnesses: witnessesOf(findings),
  };
}

/** Joins the reasons of the findings; the object is named only if there are several findings. */
function saysOf(findings: readonly Finding[]): string {
  const [only, ...others] = findings;
  if (only !== undefined && others.length === 0) return only.because;
  return findings.map(({ object, because }) => `In "${object}": ${because}`).join(" ");
}

function witnessesOf(findings: readonly Finding[]): string[] {
  return findings.flatMap((finding) =>
    finding.witnesses.map((witness) => {
      const when = witness.atMs === undefined ? "" : ` at ${(witness.atMs / 1000).toFixed(3)} s`;
      return `${witness.id ?? finding.object}${when}: ${witness.says}`;
    }),
  );
}

export const lostWrites: Measure = {
  name: "lost-writes",
  unit: "writes",
  says: "Acknowledged writes that the ledger does not hold at rest.",
  over: [OBJECT, EXPERIMENT],
  readsChecker: "acked-set",
  read(over, facts) {
    if (over["experiment"] === undefined) return readFigure("acked-set", "lost", over, facts);
    return readExperiment(over["experiment"], facts, ({ rpo }) => rpo.lostWrites);
  },
};

export const duplicatedWrites: Measure = {
  name: "duplicated-writes",
  unit: "writes",
  says: "Logical writes that are in the ledger more than once.",
  over: [OBJECT],
  readsChecker: "duplicates",
  read: (over, facts) => readFigure("duplicates", "duplicated", over, facts),
};

export const rpoSeconds: Measure = {
  name: "rpo-seconds",
  unit: "s",
  says: "Recovery point: time from the oldest lost acknowledged write to the fault; 0 if nothing was lost.",
  over: [EXPERIMENT],
  readsChecker: "acked-set",
  read(over, facts) {
    if (over["experiment"] !== undefined) return readExperiment(over["experiment"], facts, ({ rpo }) => rpo.seconds);
    return worstPoint(facts);
  },
};

function readExperiment(
  name: string,
  facts: Facts,
  value: (one: Facts["experiments"][number]) => number | null,
): Reading {
  const experiment = facts.experiments.find((one) => one.name === name);
  if (experiment === undefined) return nothing(`experiment "${name}" did not run`);
  const doubt = facts.doubts.find((one) => one.kind === "fault" && one.experiment === name)?.because;
  const read = value(experiment);
  if (read === null) return nothing(experiment.rpo.says);
  return { range: exactly(read), says: experiment.rpo.says, ...(doubt === undefined || read > 0 ? {} : { doubt }) };
}

function worstPoint(facts: Facts): Reading {
  const points = facts.experiments.map(({ name, rpo }) => ({ name, ...rpo }));
  if (points.length === 0) return nothing("no experiment ran");
  const worst = Math.max(0, ...points.map(({ seconds }) => seconds ?? 0));
  const open = points.find(({ seconds }) => seconds === null);
  if (open === undefined) return { range: exactly(worst), says: saysOfAll(points) };
  // An unknown recovery point can only be worse than the known ones, never better.
  return worst === 0
    ? nothing(open.says)
    : { range: { lower: worst, upper: Number.POSITIVE_INFINITY }, says: open.says };
}

function saysOfAll(points: readonly { name: string; says: string }[]): string {
  const [only, ...others] = points;
  if (only !== undefined && others.length === 0) return only.says;
  return points.map(({ name, says }) => `"${name}": ${says}`).join("; ");
}
