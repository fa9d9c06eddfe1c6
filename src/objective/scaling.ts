/**
 * Measures how the platform scaled, from the recorded replicas events. Ready endpoints count, not requested ones. A moment lies
 * between the last observation that did not show it and the first that did.
 */
import type { Range } from "../range.ts";
import { isRecord } from "../std/json.ts";
import type { Story } from "../timeline/story.ts";
import type { Facts } from "./facts.ts";
import { exactly, type Measure, nothing, type OverKey, type Reading } from "./measure.ts";
import { provenBy } from "./watched.ts";

type Replicas = Story["replicas"][number];

const REPLICAS: OverKey = { name: "replicas", required: true, says: "the number of ready replicas" };

export const replicasReadySeconds: Measure = {
  name: "replicas-ready-seconds",
  unit: "s",
  says: "Time from the start of the load until this many replicas were ready.",
  watches: "replicas",
  over: [REPLICAS],
  read(over, facts) {
    const wanted = Number(over["replicas"]);
    const since = { atMs: facts.story.load.beginMs, says: "the start of the load" };
    const reading = firstTime(facts, since, `${wanted} or more ready`, (event) => event.ready >= wanted);
    return { ...reading, ...notByOwnStress(facts.story.replicas.find(({ desired }) => desired >= wanted)) };
  },
};

export const replicasBackSeconds: Measure = {
  name: "replicas-back-seconds",
  unit: "s",
  says: "Time from the end of the load until at most this many replicas were left, after there had been more.",
  watches: "replicas",
  over: [REPLICAS],
  read(over, facts) {
    const wanted = Number(over["replicas"]);
    if (!facts.story.replicas.some(({ ready }) => ready > wanted))
      return nothing(`there were never more than ${wanted} replicas`);
    const back = (event: Replicas) => event.ready <= wanted && event.current <= wanted;
    return firstTime(facts, { atMs: facts.story.load.emptyMs, says: "the end of the load" }, `back at ${wanted}`, back);
  },
};

/**
 * Returns why replicas do not show that the platform scales on load: they were wanted while a fault of ours used CPU that the autoscaler
 * counts as load. The watch of the platform records the pods in `detail.ownStress`.
 */
function notByOwnStress(wantedAt: Replicas | undefined): { readonly cannotPass?: string } {
  const pods = wantedAt === undefined ? [] : stressedPods(wantedAt);
  if (wantedAt === undefined || pods.length === 0) return {};
  const at = `${(wantedAt.atMs / 1000).toFixed(1)} s`;
  const because = `our own CPU fault in ${pods.join(", ")} counted as load for the autoscaler`;
  return { cannotPass: `${wantedAt.desired} replicas were desired at ${at} while ${because}` };
}

function stressedPods({ detail }: Replicas): string[] {
  const pods = isRecord(detail) ? detail["ownStress"] : undefined;
  return Array.isArray(pods) ? pods.map(String) : [];
}

/** The moment from which a time is measured; null if it was not recorded. */
interface Origin {
  readonly atMs: number | null;
  readonly says: string;
}

function firstTime(
  { story }: Facts,
  { atMs: originMs, says: origin }: Origin,
  what: string,
  holds: (event: Replicas) => boolean,
): Reading {
  if (originMs === null) return nothing(`${origin} was not recorded`);
  if (story.replicas.length === 0) return nothing("no replicas were recorded");
  const events = story.replicas.filter(({ atMs }) => atMs >= originMs);
  const at = events.findIndex(holds);
  const found = events[at];
  if (found === undefined) return never(events, originMs, origin, what);
  const lookedBefore = events[at - 1]?.atMs ?? originMs;
  const range: Range = { lower: (lookedBefore - originMs) / 1000, upper: (found.atMs - originMs) / 1000 };
  return {
    range,
    says: `${what} ${range.upper.toFixed(1)} s after ${origin}`,
    when: `at ${(found.atMs / 1000).toFixed(1)} s`,
  };
}

/** Returns the reading if it was not seen. It may have happened after the last observation, so only the observed time counts. */
function never(events: readonly Replicas[], originMs: number, origin: string, what: string): Reading {
  const last = events.at(-1);
  if (last === undefined) return nothing(`no replicas were recorded after ${origin}`);
  const lower = (last.atMs - originMs) / 1000;
  const ready = Math.max(...events.map((event) => event.ready));
  const says = `${what} was not seen in ${lower.toFixed(1)} s after ${origin} (most ready: ${ready}, last: ${last.ready})`;
  return {
    range: { lower, upper: Number.POSITIVE_INFINITY },
    says,
    witnesses: conditionsOf(tellingOf(events) ?? last),
  };
}

/** Returns the observation that explains where scaling stopped: the first sampled one with the highest desired count. */
function tellingOf(events: readonly Replicas[]): Replicas | undefined {
  const sampled = events.filter(({ detail }) => detail !== undefined);
  const most = Math.max(...sampled.map(({ desired }) => desired));
  return sampled.find(({ desired }) => desired === most);
}

/** Returns the autoscaler's own conditions, which explain the decision: ScalingLimited, ScalingActive, AbleToScale. */
function conditionsOf(event: Replicas): string[] {
  const decision = isRecord(event.detail) ? (event.detail["decision"] ?? event.detail) : event.detail;
  const detail = decision === undefined ? "" : `, ${JSON.stringify(decision)}`;
  return [
    `${(event.atMs / 1000).toFixed(1)} s: ${event.ready} ready of ${event.current}, ${event.desired} desired${detail}`,
  ];
}

export const scalingDirectionChanges: Measure = {
  name: "scaling-direction-changes",
  unit: "changes",
  says: "How often the desired number of replicas changed its direction; up and then down again counts as 1.",
  watches: "replicas",
  over: [],
  read(_over, { story }) {
    if (story.replicas.length === 0) return nothing("no replicas were recorded");
    const turns = turnsOf(story.replicas);
    const ours = turns.filter((turn) => stressedPods(turn).length > 0).length;
    const because = `${ours} of these changes happened while a CPU fault of our own counted as load for the autoscaler`;
    const witnesses = turns.map(
      ({ atMs, desired }) => `${(atMs / 1000).toFixed(1)} s: changed direction to ${desired} desired`,
    );
    const says = `the desired number changed direction ${turns.length} times`;
    return {
      range: exactly(turns.length),
      says,
      witnesses,
      ...provenBy(story),
      ...(ours > 0 ? { doubt: because } : {}),
    };
  },
};

function turnsOf(events: readonly Replicas[]): Replicas[] {
  const turns: Replicas[] = [];
  let direction = 0;
  let before = events[0]?.desired ?? 0;
  for (const event of events) {
    const step = Math.sign(event.desired - before);
    if (step !== 0 && direction !== 0 && step !== direction) turns.push(event);
    if (step !== 0) direction = step;
    before = event.desired;
  }
  return turns;
}

export const secondsDesiredAboveReady: Measure = {
  name: "seconds-desired-above-ready",
  unit: "s",
  says: "Time in which more replicas were desired than were ready, because readiness was slow or pods found no room.",
  watches: "replicas",
  over: [],
  read(_over, { story }) {
    if (story.replicas.length === 0) return nothing("no replicas were recorded");
    const { lowerMs, upperMs } = desiredAboveReady(story);
    const [lower, upper] = [lowerMs / 1000, upperMs / 1000];
    const tail = upper > lower ? ", and perhaps until the end" : "";
    const says = `more were desired than ready for ${lower.toFixed(1)} s${tail}`;
    return { range: { lower, upper }, says, ...provenBy(story) };
  },
};

/** Sums up the time. The state at the last observation may have lasted until the end of the load, or have ended immediately. */
function desiredAboveReady({ replicas, load, span }: Story): { readonly lowerMs: number; readonly upperMs: number } {
  let lowerMs = 0;
  for (const [at, event] of replicas.entries()) {
    const next = replicas[at + 1];
    if (next !== undefined && event.desired > event.ready) lowerMs += Math.max(0, next.atMs - event.atMs);
  }
  const last = replicas.at(-1);
  const short = last !== undefined && last.desired > last.ready;
  const tailMs = short ? Math.max(0, (load.endMs ?? span.toMs) - last.atMs) : 0;
  return { lowerMs, upperMs: lowerMs + tailMs };
}
