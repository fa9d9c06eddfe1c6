/**
 * The lab's autoscaler: it checks the replicas each second, and at each sync it decides by the algorithm in autoscaler.ts and
 * scales. It lives as long as the lab does, with or without a run. Each sync is reported with everything that a judge needs to
 * repeat the decision.
 */
import { setTimeout as delay } from "node:timers/promises";
import { autoscalerSchema } from "../../autoscaler/config.ts";
import { recordedStep, type SyncRecord } from "../../autoscaler/recompute.ts";
import { type AutoscalerConfig, type AutoscalerState, INITIAL_STATE } from "../../autoscaler.ts";
import type { HealthLine } from "../../platform.ts";
import { messageOf } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { CHECK, line } from "../check.ts";
import type { Boot } from "./boot.ts";
import { PodLog } from "./pod-log.ts";
import { type CpuLook, replicaCpu } from "./replica-cpu.ts";

/** What the autoscaler sees and does; `autoscalingOf` supplies the lab's own. */
export interface AutoscalingWorld {
  readonly nowMs: () => number;
  /** Resolves after the time, or when the signal aborts it. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  readonly requestMilli: number;
  look(signal: AbortSignal): Promise<CpuLook>;
  /** Sets the number of wanted replicas, and starts the missing ones. */
  scale(count: number, signal: AbortSignal): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;
const LOOK_MS_MAX = 5_000;
const RETRY_MS = 50;
/**
 * To be blind for a sync or two is normal after many replicas were unready for a while: their CPU usage then reflects their
 * start.
 */
const BLIND_SYNCS_MAX = 4;
/** The first sync comes early, so that a lab can report at its start whether its autoscaler sees anything. */
const FIRST_SYNC_MS = 2_000;

export class Autoscaling {
  readonly #config: AutoscalerConfig;
  readonly #world: AutoscalingWorld;
  readonly #end = new AbortController();
  readonly #pods = new PodLog();
  readonly #listeners = new Set<(event: TimelineEvent) => void>();
  #state: AutoscalerState = INITIAL_STATE;
  #last: SyncRecord | null = null;
  #activeAtMs = Number.NEGATIVE_INFINITY;
  /** Why the last check failed; null when it did not. */
  #trouble: string | null = null;

  constructor(config: AutoscalerConfig, world: AutoscalingWorld) {
    this.#config = config;
    this.#world = world;
  }

  begin(): void {
    void this.#live();
  }

  close(): void {
    this.#end.abort(new Error("the lab is being taken down"));
  }

  /** Reports each sync from now on; returns a function that ends the reports. */
  onSync(listener: (event: TimelineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  health(): HealthLine {
    const { minReplicas, maxReplicas, averageUtilization, syncPeriodSeconds } = this.#config;
    const last = this.#last;
    const isWithin = (atMs: number, syncs: number) => atMs >= this.#world.nowMs() - syncs * syncPeriodSeconds * 1_000;
    const ok = last !== null && isWithin(last.atMs, 2) && isWithin(this.#activeAtMs, BLIND_SYNCS_MAX);
    const expected = `ScalingActive in the last ${BLIND_SYNCS_MAX} syncs, ${minReplicas} to ${maxReplicas} replicas at ${averageUtilization} % CPU`;
    return line(CHECK.autoscaler, ok, expected, this.#trouble ?? describe(last, this.#world.nowMs()));
  }

  /** Runs the autoscaler. A sync that could not check the replicas is retried at the next check. */
  async #live(): Promise<void> {
    const signal = this.#end.signal;
    let syncAtMs = this.#world.nowMs() + FIRST_SYNC_MS;
    while (!signal.aborted) {
      const isDue = this.#world.nowMs() >= syncAtMs;
      const done = await this.#turn(isDue, signal).catch((thrown: unknown) => {
        this.#trouble = messageOf(thrown);
        return false;
      });
      const nowMs = this.#world.nowMs();
      if (isDue && done) syncAtMs = Math.max(syncAtMs + this.#config.syncPeriodSeconds * 1_000, nowMs);
      const waitMs = syncAtMs > nowMs ? Math.min(LOOK_EVERY_MS, syncAtMs - nowMs) : RETRY_MS;
      await this.#world.pause(waitMs, signal);
    }
  }

  async #turn(syncs: boolean, signal: AbortSignal): Promise<true> {
    const seen = await this.#world.look(AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS_MAX)]));
    const nowMs = this.#world.nowMs();
    this.#pods.see(nowMs, seen.replicas);
    this.#trouble = null;
    if (syncs) await this.#sync(seen, nowMs, signal);
    return true;
  }

  async #sync(seen: CpuLook, nowMs: number, signal: AbortSignal): Promise<void> {
    const samples = { currentReplicas: seen.desired, pods: this.#pods.samples(this.#world.requestMilli) };
    const { state, record } = recordedStep(this.#config, this.#state, samples, nowMs);
    this.#state = state;
    this.#last = record;
    if (isActive(record)) this.#activeAtMs = nowMs;
    const scaled = this.#world.scale(record.decision.desiredReplicas, signal);
    this.#tell(record, seen.replicas.filter((replica) => replica.ready).length);
    await scaled;
  }

  #tell(record: SyncRecord, ready: number): void {
    const event: TimelineEvent = {
      atMs: record.atMs,
      type: "replicas",
      current: record.samples.currentReplicas,
      ready,
      desired: record.decision.desiredReplicas,
      detail: { config: this.#config, ...record } as unknown as Json,
    };
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** Returns null when the plan requires no autoscaler. */
export function autoscalingOf(parts: Boot, nowMs: () => number): Autoscaling | null {
  const { autoscaler, cpuRequestMillicores } = parts.config.app;
  if (autoscaler === null) return null;
  return new Autoscaling(autoscalerSchema.parse(autoscaler), {
    nowMs,
    pause: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    requestMilli: cpuRequestMillicores,
    look: (signal) => replicaCpu(parts, signal),
    scale: (count, signal) => parts.replicas.scale(count, signal),
  });
}

function isActive({ decision }: SyncRecord): boolean {
  return decision.conditions.every(({ type, status }) => type === "ScalingLimited" || status === "True");
}

function describe(last: SyncRecord | null, nowMs: number): string {
  if (last === null) return "no sync yet";
  const { desiredReplicas, utilization, conditions } = last.decision;
  const active = conditions.find(({ type }) => type === "ScalingActive");
  const metric = utilization === null ? "no utilisation" : `CPU at ${utilization} % of the request`;
  const why =
    active?.status === "False" ? `${active.reason}: ${active.message}` : (active?.reason ?? "no metric was read");
  return `${desiredReplicas} desired, ${metric}, ${why}, ${((nowMs - last.atMs) / 1_000).toFixed(0)} s ago`;
}
