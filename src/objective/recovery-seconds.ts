import type { ExperimentVerdict } from "../experiment.ts";
import { rangeOf, worstRecovery } from "../outage/recovery.ts";
import type { Recovery } from "../outage.ts";
import { entriesDuring } from "./entries.ts";
import type { Facts } from "./facts.ts";
import { type Measure, nothing, type Over, type Reading } from "./measure.ts";

/** Measures the time from the bite to the users' sustained recovery. A recovery only after our own heal is not the platform's. */
export const recoverySeconds: Measure = {
  name: "recovery-seconds",
  unit: "s",
  says: "Time from the bite of a fault to the sustained recovery of users, as an interval that certainly holds the truth.",
  over: [
    { name: "experiment", required: true, says: "name of the experiment" },
    { name: "class", required: false, says: "class of the probe; default: the worst of all classes" },
    {
      name: "connection",
      required: false,
      says: "`kept` or `fresh`; default: the worst of both",
      values: ["kept", "fresh"],
    },
    {
      name: "healedBy",
      required: false,
      says: "`anyone` also accepts a recovery that came only after the tool's own heal",
    },
  ],
  readsProbes: true,
  read(over, facts) {
    const experiment = facts.experiments.find((one) => one.name === over["experiment"]);
    if (experiment === undefined) return nothing(`experiment "${over["experiment"]}" did not run`);
    if (experiment.bite === null) return nothing(experiment.because);
    const recoveries = select(experiment, over);
    if (recoveries.length === 0) return nothing(`no probe of ${describe(over)} was running`);
    return readingOf(recoveries, experiment, over, facts);
  },
};

function select(experiment: ExperimentVerdict, over: Over): Recovery[] {
  const { class: name, connection } = over;
  const classes = Object.entries(experiment.recovery).filter(([key]) => name === undefined || key === name);
  if (connection === undefined) return classes.map(([, recovery]) => recovery);
  return classes.flatMap(([, recovery]) => recovery.connections[connection] ?? []);
}

function describe(over: Over): string {
  return `class "${over["class"] ?? "any"}" on a ${over["connection"] ?? "kept or fresh"} connection`;
}

function readingOf(recoveries: readonly Recovery[], experiment: ExperimentVerdict, over: Over, facts: Facts): Reading {
  const worst = worstRecovery(recoveries);
  const { lower, upper } = rangeOf(worst);
  const range = { lower: lower / 1000, upper: upper / 1000 };
  const doubt = facts.doubts.find((one) => one.kind === "fault" && one.experiment === experiment.name)?.because;
  const entry = entriesDuring(facts.story, experiment, range);
  const late = over["healedBy"] !== "anyone" && healedByUs(experiment, over) ? notThePlatforms(experiment) : undefined;
  return {
    range,
    says: `${worst.says}${entry.says}`,
    when: whenOf(experiment),
    witnesses: witnessesOf(experiment),
    ...(doubt === undefined ? entry.doubt : { doubt }),
    ...(late === undefined ? {} : { cannotPass: late }),
  };
}

function healedByUs(experiment: ExperimentVerdict, over: Over): boolean {
  const own = over["class"] === undefined ? experiment : experiment.recovery[over["class"]];
  return own?.healedBy === "gameday";
}

function notThePlatforms(experiment: ExperimentVerdict): string {
  return `users recovered only after the tool itself healed "${experiment.name}", so the recovery is not the platform's`;
}

function whenOf(experiment: ExperimentVerdict): string {
  const bite = experiment.bite?.atMs ?? 0;
  return `the fault bit at ${(bite / 1000).toFixed(2)} s`;
}

function witnessesOf(experiment: ExperimentVerdict): string[] {
  const { bite, heal } = experiment;
  return [bite, heal].flatMap((stamp) =>
    stamp?.witness ? [`${(stamp.atMs / 1000).toFixed(3)} s: ${stamp.witness.says} (${stamp.witness.source})`] : [],
  );
}
