/** Judges one experiment: its stamps, who healed it, what users felt, and the fate of their writes. */
import type { Finding } from "../checker.ts";
import type { ClassRecovery, ExperimentVerdict, Stamp, WriteAccount } from "../experiment.ts";
import { outagesOf } from "../outage/outages.ts";
import {
  type FaultTimes,
  outagesWithin,
  recoverStream,
  type StreamRecovery,
  worstRecovery,
} from "../outage/recovery.ts";
import type { SampledStream } from "../outage/samples.ts";
import type { Span } from "../outage/span.ts";
import { NOT_RECOVERED } from "../plan.ts";
import type { Status } from "../status.ts";
import { firstBiteMs, type Round, stampsOf, type TargetStamp } from "../timeline/rounds.ts";
import { biteOf, type ExperimentStory, groupOf, healOf, reachOf, type Story } from "../timeline/story.ts";
import type { HealedBy } from "../timeline.ts";
import { recoveryPointOf, writesOf } from "./writes.ts";

export interface ExperimentGround {
  readonly story: Story;
  readonly streams: readonly SampledStream[];
  readonly findings: readonly Finding[];
  /** Returns whether the kind of fault or the plan allows users to recover only when the fault ends. */
  mayRecoverLate(experiment: ExperimentStory): boolean;
}

export function judgeExperiment(experiment: ExperimentStory, ground: ExperimentGround): ExperimentVerdict {
  const reach = reachOf(experiment, ground.story.experiments, ground.story.span.toMs);
  const times = timesOf(experiment, ground, reach);
  const felt = ground.streams.map((stream) => ({ stream, ...recoverStream(stream, times) }));
  const recovery = byClass(felt);
  const bite = biteOf(experiment);
  const heal = healOf(experiment);
  const biteAfterMs = Math.max(0, (bite?.atMs ?? 0) - reach.fromMs);
  const outages = felt.flatMap(({ outages }) => outages);
  const writes = writesOf(experiment.name, ground.findings);
  const healedBy = healerOf(felt);
  const told = recoveryStatus(experiment, bite, recovery, ground.story.controls);
  const users = told ?? recoveredBy(healedBy, recovery, ground.mayRecoverLate(experiment));
  const judged = withWrites(users, writes);
  return {
    name: experiment.name,
    fault: experiment.fault,
    status: judged.status,
    because: judged.because,
    usersRecovered: users,
    targets: experiment.targets,
    ...(experiment.standing !== null && experiment.standing.length > 0 && { standing: experiment.standing }),
    commandedAtMs: experiment.commandedAtMs,
    bite: stampOf(bite),
    firstFailureAtMs: firstFailure(outages),
    heal: stampOf(heal),
    healedBy,
    recovery,
    outages: outages.map(({ class: name, connection, begin, end, failures }) => ({
      class: name,
      connection,
      begin,
      end,
      failures,
    })),
    writes,
    rpo: recoveryPointOf(experiment.name, ground.findings, writes, biteAfterMs),
  };
}

/**
 * Returns the times by which recovery is measured, one entry per round. The bite is the moment at which it was seen from inside,
 * or the users' first failure if that came earlier. A fault of several rounds has times for each round, because users recover
 * from one kill before the next. A group of faults is one window, because users cannot tell which of its faults they felt. The
 * window opens with the first bite, and a recovery after our first heal is not certain to be the platform's own.
 */
function timesOf(experiment: ExperimentStory, ground: ExperimentGround, reach: Span): FaultTimes[] {
  const group = groupOf(experiment, ground.story.experiments);
  const own = { ground, reach, endedMs: Math.min(endOf(experiment, reach), reach.toMs) };
  const { rounds } = experiment;
  if (group.length === 1 && rounds.length > 1)
    return rounds.map((round, at) => timesOfRound([round], { ...own, untilMs: rounds[at + 1]?.commandedAtMs }));
  const endedMs = Math.max(...group.map((one) => endOf(one, reach)));
  return [
    timesOfRound(
      group.flatMap((one) => one.rounds),
      { ...own, endedMs, untilMs: undefined },
    ),
  ];
}

function endOf(experiment: ExperimentStory, reach: Span): number {
  return experiment.endedAtMs ?? reach.toMs;
}

interface RoundGround {
  readonly ground: ExperimentGround;
  /** The reach of the whole experiment. */
  readonly reach: Span;
  readonly endedMs: number;
  /** When the next round begins. */
  readonly untilMs: number | undefined;
}

function timesOfRound(rounds: readonly Round[], { ground, reach, endedMs, untilMs }: RoundGround): FaultTimes {
  const commandedMs = rounds.length === 0 ? reach.fromMs : Math.min(...rounds.map((round) => round.commandedAtMs));
  const bites = rounds.flatMap((round) => firstBiteMs(round) ?? []);
  const seenMs = bites.length === 0 ? commandedMs : Math.min(...bites);
  const own = { fromMs: commandedMs, toMs: untilMs ?? reach.toMs };
  const failures = ground.streams.flatMap((stream) => outagesWithin(outagesOf(stream), own));
  const firstMs = failures.reduce((least, outage) => Math.min(least, outage.begin.upperMs), Number.POSITIVE_INFINITY);
  const heals = rounds.map((round) => round.healCommandedAtMs ?? Number.POSITIVE_INFINITY);
  const lastHealMs = heals.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...heals);
  return {
    commandedMs,
    biteMs: Math.max(commandedMs, Math.min(seenMs, firstMs)),
    healCommandedMs: Math.min(...heals),
    reach: own,
    watchedUntilMs: Math.min(lastHealMs, endedMs, own.toMs),
    ofAllRounds: reach,
  };
}

type Felt = { readonly stream: SampledStream } & StreamRecovery;

function byClass(felt: readonly Felt[]): Record<string, ClassRecovery> {
  const classes = [...new Set(felt.map(({ stream }) => stream.class))];
  return Object.fromEntries(
    classes.map((name) => {
      const own = felt.filter(({ stream }) => stream.class === name);
      const connections = Object.fromEntries(own.map(({ stream, recovery }) => [stream.connection, recovery]));
      const worst = worstRecovery(own.map(({ recovery }) => recovery));
      return [name, { ...worst, healedBy: healerOf(own), connections }];
    }),
  );
}

/** Returns "nobody" if some stream never recovered or has no data, and "gameday" if some stream recovered only after our heal. */
function healerOf(felt: readonly Felt[]): HealedBy {
  const recovered = felt.every(({ recovery }) => recovery.state === "recovered" || recovery.state === "no-outage-seen");
  if (felt.length === 0 || !recovered) return "nobody";
  return felt.every(({ beforeHeal }) => beforeHeal) ? "platform" : "gameday";
}

function firstFailure(outages: readonly { readonly begin: { readonly upperMs: number } }[]): number | null {
  if (outages.length === 0) return null;
  return outages.reduce((least, outage) => Math.min(least, outage.begin.upperMs), Number.POSITIVE_INFINITY);
}

function stampOf(stamp: TargetStamp | null): Stamp | null {
  return stamp === null ? null : { atMs: stamp.atMs, witness: stamp.witness };
}

interface Judged {
  readonly status: Status;
  readonly because: string;
}

/** Makes the experiment fail if writes around it were lost or duplicated, however soon users were served again. */
function withWrites(users: Judged, { lost, duplicated }: WriteAccount): Judged {
  const parts = [
    lost > 0 ? `${lost} acknowledged writes were lost` : "",
    duplicated > 0 ? `${duplicated} were duplicated` : "",
  ];
  const says = parts.filter((part) => part !== "").join(", ");
  return says === "" ? users : { status: "fail", because: `${users.because} Of the writes around it, ${says}.` };
}

/** Returns null if the fault bit a healthy platform, the users' side was watched, and users recovered. */
function recoveryStatus(
  experiment: ExperimentStory,
  bite: TargetStamp | null,
  recovery: Readonly<Record<string, ClassRecovery>>,
  controls: Story["controls"],
): Judged | null {
  if (experiment.abortedBecause !== null && bite === null) {
    return {
      status: "unknown",
      because: `The experiment was aborted before the fault bit: ${experiment.abortedBecause}.`,
    };
  }
  if (bite === null) return { status: "unknown", because: whyNotBitten(experiment) };
  const unwell = experiment.health.filter((line) => line.moment === "before-fault" && !line.ok);
  if (unwell.length > 0) {
    const names = unwell.map((line) => `${line.name}: ${line.seen}`).join("; ");
    return { status: "unknown", because: `The platform was not healthy before the fault (${names}).` };
  }
  const stuck = Object.entries(recovery).filter(([, { state }]) => state === "not-recovered");
  if (stuck.length > 0) {
    const [names, says] = [stuck.map(([name]) => name).join(", "), stuck.map(([, { says: own }]) => own).join("; ")];
    return isCutShort(experiment, controls)
      ? { status: "unknown", because: `The run was ended before users had recovered (${names}): ${says}.` }
      : { status: "fail", because: `Users did not recover (${names}): ${says}.` };
  }
  const blind = Object.entries(recovery).find(([, { state }]) => state === "no-data");
  if (blind !== undefined) return { status: "unknown", because: `No data of class ${blind[0]}: ${blind[1].says}.` };
  if (Object.keys(recovery).length === 0) return { status: "unknown", because: "No probe watched the users' side." };
  return null;
}

/** Judges who healed it: if users waited for our own heal, nothing shows that the platform would have recovered by itself. */
function recoveredBy(
  healedBy: HealedBy,
  recovery: Readonly<Record<string, ClassRecovery>>,
  mayBeLate: boolean,
): Judged {
  if (healedBy !== "platform") {
    const because = "Users recovered only after our own heal";
    return mayBeLate
      ? { status: "pass", because: `${because}, as expected of this fault.` }
      : { status: "unknown", because: `${because}, so there is no proof that the platform recovers by itself.` };
  }
  const felt = Object.values(recovery).filter(({ state }) => state === "recovered");
  if (felt.length === 0) return { status: "pass", because: "Users felt no outage." };
  const byFault = felt.filter(({ timedFrom }) => timedFrom === undefined);
  const because =
    byFault.length > 0
      ? "Users recovered while the fault held."
      : `No outage by the fault: users failed only after our own heal, and were served again ${felt.map(({ upperMs }) => `${((upperMs ?? 0) / 1000).toFixed(2)} s`).join(", ")} after it.`;
  return { status: "pass", because };
}

/** Returns whether users might have recovered in a longer run, which is not so if it was stopped because they did not recover. */
function isCutShort(experiment: ExperimentStory, controls: Story["controls"]): boolean {
  if (controls.some((control) => control.condition === NOT_RECOVERED)) return false;
  return experiment.abortedBecause !== null || controls.some((control) => control.command === "interrupt");
}

function whyNotBitten(experiment: ExperimentStory): string {
  const reason = stampsOf(experiment.rounds, "notBitten")[0]?.because;
  const tail = reason === undefined || reason === null ? "" : `: ${reason}`;
  return `The fault was never seen to bite from inside its target${tail}; the experiment proves nothing.`;
}
