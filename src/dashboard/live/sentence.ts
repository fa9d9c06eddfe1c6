/** The one sentence at the top of the page: is it broken for users now, and what is broken on purpose? Pure. */
import type { Lane, LiveExperiment, LiveSentence } from "../../api/live.ts";
import type { RunSummary } from "../../api/run.ts";
import type { Phase } from "../../timeline.ts";
import type { Verdict } from "../../verdict.ts";

export interface SentenceFacts {
  readonly state: RunSummary["state"];
  readonly trouble: string | null;
  readonly phase: Phase | null;
  readonly waitingFor: string | null;
  readonly stopping: string | null;
  readonly lanes: readonly Lane[];
  readonly experiments: readonly LiveExperiment[];
  readonly verdict: Verdict | null;
  /** The failed share of the requests of the last whole second that is known; null if there was none. */
  readonly failedShare: number | null;
  readonly nowMs: number;
}

/** From this share of failed requests on, a run without probes says that requests fail. */
const FAILED_SHARE_MIN = 0.01;

export function sentenceNow(now: SentenceFacts): LiveSentence {
  if (now.verdict !== null) return { level: now.verdict.verdict, says: now.verdict.sentence };
  if (now.state === "died" || now.state === "damaged")
    return { level: "died", says: now.trouble ?? "The run's process ended without a verdict." };
  const broken = brokenOnPurpose(now);
  const down = now.lanes.filter(({ state }) => state === "down");
  if (down.length > 0)
    return {
      level: "down",
      says: `${downSays(down, now.nowMs)}${broken === null ? ", and nothing is broken on purpose" : `: ${broken}`}.`,
    };
  if (now.state === "judging") return { level: "ending", says: "The run is over and is being judged." };
  if (now.stopping !== null || now.state === "stopping")
    return { level: "ending", says: `The run heals and stops: ${now.stopping ?? "asked to stop"}.` };
  if (broken !== null) return { level: "fault", says: `Users are served while ${broken}.` };
  return quiet(now);
}

function quiet({ phase, waitingFor, lanes, failedShare }: SentenceFacts): LiveSentence {
  if (phase === "validation" || (phase === null && lanes.length === 0 && failedShare === null))
    return {
      level: "waiting",
      says: waitingFor === null ? "The platform is being prepared." : `The platform is being prepared: ${waitingFor}.`,
    };
  if (failedShare !== null && failedShare >= FAILED_SHARE_MIN)
    return {
      level: "down",
      says: `${(failedShare * 100).toPrecision(2)} % of the requests fail, and nothing is broken on purpose.`,
    };
  const silent = lanes.filter(({ state }) => state === "no-data");
  if (silent.length > 0)
    return { level: "waiting", says: `No data from ${namesOf(silent)}; nothing is broken on purpose.` };
  return { level: "fine", says: "Users are served, and nothing is broken on purpose." };
}

function downSays(lanes: readonly Lane[], nowMs: number): string {
  const since = Math.min(
    ...lanes.flatMap(({ outages }) => outages.filter(({ toMs }) => toMs === null).map(({ fromMs }) => fromMs)),
  );
  const seconds = Number.isFinite(since) ? `, for ${((nowMs - since) / 1000).toFixed(1)} s` : "";
  return `Users are down: ${namesOf(lanes)}${seconds}`;
}

function brokenOnPurpose({ experiments }: SentenceFacts): string | null {
  const held = experiments.filter(({ state }) => state === "injecting" || state === "held" || state === "healing");
  if (held.length === 0) return null;
  return held
    .map((one) => `${one.name} (${one.targets.map(({ id }) => id).join(", ") || one.fault}, ${wordOf(one.state)})`)
    .join("; ");
}

function wordOf(state: LiveExperiment["state"]): string {
  return state === "injecting" ? "being injected" : state === "healing" ? "being healed" : "in force";
}

function namesOf(lanes: readonly Lane[]): string {
  return [...new Set(lanes.map((lane) => lane.class))].join(", ");
}
