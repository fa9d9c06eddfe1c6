/**
 * A platform that runs on Kubernetes, changed and watched through the API alone. It keeps running when this process dies, so a
 * watchdog guards it.
 */

import type { ClusterApi } from "../../kubernetes.ts";
import type { Capability, CapabilityName, HealthLine, Platform, Queries, Residue, Target } from "../../platform.ts";
import type { Clock } from "../../std/clock.ts";
import { messageOf } from "../../std/errors.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { capabilitiesOf } from "./capability/all.ts";
import type { KubernetesConfig } from "./config.ts";
import { Doors } from "./doors.ts";
import { healthOf } from "./health.ts";
import { Lease } from "./lease.ts";
import { copyLogs } from "./logs.ts";
import type { AutoscalerObject } from "./objects.ts";
import { throughOutage } from "./outage.ts";
import { OwnStress } from "./own-stress.ts";
import { lookAt, type Parts } from "./parts.ts";
import { removeProber, startProber } from "./prober.ts";
import { queriesOf } from "./queries.ts";
import { Reaper } from "./reaper-deployment.ts";
import { removePodsOfDead, takeAway } from "./residue.ts";
import { assertNamespaceAllowed } from "./safety.ts";
import { Tools } from "./tools.ts";
import { topologyOf } from "./topology.ts";
import { UndoList } from "./undo-list.ts";
import { watchPlatform } from "./watch.ts";

/** How many looks are taken before the platform counts as leaderless. */
const LOOKS_MAX = 3;

export interface KubernetesOptions {
  readonly api: ClusterApi;
  readonly config: KubernetesConfig;
  readonly clock: Clock;
  readonly runId: string;
  /** The folder in which the plan's own commands run. */
  readonly planFolder: string;
}

export class KubernetesPlatform implements Platform {
  readonly kind = "kubernetes";
  readonly outlivesTool = true;
  readonly can: Partial<Readonly<Record<CapabilityName, Capability>>>;
  readonly queries: Queries;
  readonly #parts: Parts;
  #lease: Lease | null = null;
  #reaper: Reaper | null = null;
  readonly #notes: ((event: TimelineEvent) => void)[] = [];

  constructor({ api, config, clock, runId, planFolder }: KubernetesOptions) {
    const tools = new Tools(api, config.image, runId);
    const undoList = new UndoList(api, config.namespace);
    const [doors, ownStress] = [new Doors(api), new OwnStress()];
    this.#parts = { api, config, clock, runId, planFolder, doors, tools, undoList, ownStress };
    this.can = capabilitiesOf(this.#parts, {
      onRefusal: ({ pod, says }) => this.#note("drain", `eviction of ${pod}: ${says}`),
      onSilence: (because) => this.#note("kubernetes", because),
    });
    this.queries = queriesOf(this.#parts);
  }

  async prepare(signal: AbortSignal): Promise<void> {
    const { api, config, clock, runId } = this.#parts;
    const namespace = await api.get({ kind: "Namespace", namespace: "", name: config.namespace }, signal);
    assertNamespaceAllowed(config, namespace);
    this.#lease = await Lease.take({ api, namespace: config.namespace, holder: `gameday run ${runId}`, clock }, signal);
    await startProber(this.#parts);
    if (config.serviceAccount !== null && config.image !== undefined)
      this.#reaper = await Reaper.start(
        api,
        config.namespace,
        { image: config.image, account: config.serviceAccount },
        signal,
      );
  }

  async health(signal: AbortSignal): Promise<HealthLine[]> {
    try {
      const [seen, autoscaler] = await Promise.all([lookAt(this.#parts, signal), this.#autoscaler(signal)]);
      return [...healthOf(seen, this.#parts.config, autoscaler), ...this.#leaseLines()];
    } catch (thrown) {
      signal.throwIfAborted();
      return [
        { id: "cluster", name: "cluster", ok: false, expected: "an API server that answers", seen: messageOf(thrown) },
      ];
    }
  }

  /** A second run in the same namespace would break what this one measures. */
  #leaseLines(): HealthLine[] {
    const lost = this.#lease?.lost ?? null;
    if (lost === null) return [];
    return [{ id: "lease", name: "lease of the namespace", ok: false, expected: "held by this run", seen: lost }];
  }

  /**
   * Repeats the look when a leader is missing: a member that answers late does not take the lead from one that had it a moment
   * ago.
   */
  async topology(signal: AbortSignal): Promise<Target[]> {
    let targets: Target[] = [];
    for (let look = 0; look < LOOKS_MAX; look++) {
      targets = topologyOf(await lookAt(this.#parts, signal));
      if (this.#ledRoles().every((role) => targets.some((one) => one.role === role && one.leader))) break;
    }
    return targets;
  }

  #ledRoles(): string[] {
    const { postgres, redis } = this.#parts.config;
    const asked = postgres !== undefined && (postgres.leader === "patroni" || postgres.user !== undefined);
    return [...(asked ? ["postgres"] : []), ...(redis === undefined ? [] : ["redis"])];
  }

  endpoint(): string {
    return this.#parts.config.endpoint.replace(/\/$/, "");
  }

  async watch(emit: (event: TimelineEvent) => void, signal: AbortSignal): Promise<void> {
    this.#notes.push(emit);
    await watchPlatform(this.#parts, emit, signal).finally(() => this.#notes.splice(this.#notes.indexOf(emit), 1));
  }

  /** A platform that was only attached to also removes the reaper, the prober and the lease of a run that is dead. */
  async restore(signal: AbortSignal): Promise<Residue[]> {
    return await throughOutage(async () => {
      const left = await takeAway(this.#parts, signal);
      if (this.#lease === null && left.length === 0) await removePodsOfDead(this.#parts, signal);
      return left;
    }, signal);
  }

  async collect(folder: string, window: { fromMs: number; toMs: number }, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const since = new Date(Date.now() - clock.nowMs() + window.fromMs).toISOString();
    await copyLogs(this.#parts, folder, since, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#lease !== null) await removeProber(this.#parts).catch(() => undefined); // heal finds it by its name
    await this.#reaper?.[Symbol.asyncDispose]();
    await this.#lease?.[Symbol.asyncDispose]();
    await this.#parts.doors[Symbol.asyncDispose]();
  }

  async #autoscaler(signal: AbortSignal): Promise<AutoscalerObject | null> {
    const { api, config } = this.#parts;
    if (config.autoscaler === null) return null;
    const reference = {
      kind: "HorizontalPodAutoscaler" as const,
      namespace: config.namespace,
      name: config.autoscaler,
    };
    return (await api.get(reference, signal)) as AutoscalerObject | null;
  }

  #note(source: string, says: string): void {
    for (const emit of this.#notes) emit({ atMs: this.#parts.clock.nowMs(), type: "note", source, says });
  }
}
