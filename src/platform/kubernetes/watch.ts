/**
 * What happens on the platform, as events of the timeline: roles, replicas, restarts, and whatever the cluster itself records.
 * The events of watches are stamped on arrival by our own clock: these are the only timestamps from a cluster that are finer than
 * a second.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Kind, KubernetesEvent, KubernetesObject, WatchEvent } from "../../kubernetes.ts";
import type { Json } from "../../std/json.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { quietly } from "./doors.ts";
import { watchEntries } from "./entry-watch.ts";
import type { Look } from "./look.ts";
import { type AutoscalerObject, isPresent, isReady, type PodObject, restartsOf } from "./objects.ts";
import { countsOwnStress } from "./own-stress.ts";
import { lookAt, type Parts } from "./parts.ts";
import { runningLeader } from "./patroni.ts";
import { roleOf } from "./roles.ts";

type Emit = (event: TimelineEvent) => void;

const ROLES_EVERY_MS = 1_000;
/** A text that the cluster repeats is recorded at most once in this time. */
const EVENT_AGAIN_MS = 10_000;

/** Watches until the signal aborts. A watch that was blind for a while reports this as a gap. */
export async function watchPlatform(parts: Parts, emit: Emit, signal: AbortSignal): Promise<void> {
  const pods = new PodWatch(parts, emit);
  const follow = (kind: Kind, onEvent: (event: WatchEvent) => void) =>
    parts.api.watch(
      kind,
      { namespace: parts.config.namespace },
      { onEvent, onGap: (gap) => noteGap(parts, emit, gap) },
      signal,
    );
  await Promise.all([
    follow("Pod", (event) => pods.see(event)),
    follow("HorizontalPodAutoscaler", ({ object }) => pods.seeAutoscaler(object)),
    follow("Event", ({ type, object }) => type !== "DELETED" && pods.seeEvent(object)),
    watchRoles(parts, emit, signal),
    watchEntries(parts, emit, signal),
  ]);
}

function noteGap({ clock }: Parts, emit: Emit, gap: { ms: number; because: string }): void {
  const toMs = clock.nowMs();
  emit({ atMs: toMs, type: "gap", source: "platform watch", fromMs: toMs - gap.ms, toMs, because: gap.because });
}

/** Folds pods and the autoscaler into events. */
export class PodWatch {
  readonly #parts: Parts;
  readonly #emit: Emit;
  readonly #pods = new Map<string, PodObject>();
  readonly #said = new Map<string, number>();
  readonly #beganMs: number;
  #autoscaler: AutoscalerObject | null = null;
  #replicas = "";

  constructor(parts: Parts, emit: Emit) {
    this.#parts = parts;
    this.#emit = emit;
    this.#beganMs = parts.clock.nowMs();
  }

  see({ type, object }: WatchEvent): void {
    const pod = object as PodObject;
    const key = pod.metadata.uid ?? pod.metadata.name;
    const before = this.#pods.get(key);
    if (type === "DELETED") this.#pods.delete(key);
    else this.#pods.set(key, pod);
    if (before !== undefined && type !== "DELETED") this.#seeRestarts(before, pod);
    this.#seeReplicas();
  }

  seeAutoscaler(object: KubernetesObject): void {
    if (object.metadata.name !== this.#parts.config.autoscaler) return;
    this.#autoscaler = object as AutoscalerObject;
    this.#seeReplicas();
  }

  /**
   * Records what the cluster reports about its objects (evictions, failed probes, scaling, scheduling), with a limit on repeated
   * texts.
   */
  seeEvent(object: KubernetesObject): void {
    const {
      type,
      reason = "",
      message = "",
      involvedObject,
    } = object as KubernetesEvent & {
      involvedObject?: { kind?: string; name?: string };
    };
    const atMs = this.#parts.clock.nowMs();
    const says = `${involvedObject?.kind ?? "?"} ${involvedObject?.name ?? "?"}: ${reason}: ${message}`;
    const lastMs = this.#said.get(says);
    if (lastMs !== undefined && atMs - lastMs < EVENT_AGAIN_MS) return;
    this.#said.set(says, atMs);
    if (atMs - this.#beganMs < 1_000) return; // events from before the run
    if (type === "Normal" && !["Killing", "SuccessfulRescale", "Scheduled"].includes(reason)) return;
    this.#emit({ atMs, type: "note", source: "kubernetes", says: says.slice(0, 1_000) });
  }

  #seeRestarts(before: PodObject, now: PodObject): void {
    const role = roleOf(this.#parts.config, now);
    if (role === null) return;
    const was = restartsOf(before);
    for (const [container, count] of Object.entries(restartsOf(now))) {
      if (count <= (was[container] ?? 0)) continue;
      const status = [...(now.status?.containerStatuses ?? []), ...(now.status?.initContainerStatuses ?? [])].find(
        ({ name }) => name === container,
      );
      const ended = status?.lastState?.terminated;
      const reason = `container ${container}: ${ended?.reason ?? "ended"}, exit code ${ended?.exitCode ?? "unknown"}`;
      const target = `${role}/${now.metadata.name}`;
      this.#emit({ atMs: this.#parts.clock.nowMs(), type: "restart", target, reason, expected: false });
    }
  }

  #seeReplicas(): void {
    const all = [...this.#pods.values()];
    const mine = all.filter((pod) => isPresent(pod) && roleOf(this.#parts.config, pod) === "app");
    const ready = mine.filter(isReady).length;
    const { status } = this.#autoscaler ?? {};
    const current = mine.length;
    const desired = status?.desiredReplicas ?? current;
    const conditions = (status?.conditions ?? []).map(({ type, status: is, reason = "" }) => ({
      type,
      status: is,
      reason,
    }));
    const ownStress = this.#ownStress();
    const metrics = { conditions, currentMetrics: (status?.currentMetrics ?? []) as unknown as Json };
    const detail = { ...metrics, ...(ownStress.length === 0 ? {} : { ownStress }) } as unknown as Json;
    const now = JSON.stringify([current, ready, desired, conditions]);
    if (now === this.#replicas) return;
    this.#replicas = now;
    const event = { atMs: this.#parts.clock.nowMs(), type: "replicas" as const, current, ready, desired };
    this.#emit(this.#autoscaler === null ? event : { ...event, detail });
  }

  /** Returns the pods whose use of CPU is ours and counts as load for the autoscaler. */
  #ownStress(): string[] {
    const { clock, ownStress } = this.#parts;
    return this.#autoscaler !== null && countsOwnStress(this.#autoscaler) ? ownStress.podsAt(clock.nowMs()) : [];
  }
}

/** Checks each second which member leads: labels lag behind, and stay on a pod that is lost. */
async function watchRoles(parts: Parts, emit: Emit, signal: AbortSignal): Promise<void> {
  const known = new Map<string, string>();
  while (!signal.aborted) {
    // An API that is down shows as a gap of the other watches; roles are checked again in the next round.
    const seen = await quietly(() => lookAt(parts, signal));
    for (const { role, pod, is } of seen === undefined ? [] : rolesIn(seen)) {
      const target = `${role}/${pod}`;
      const was = known.get(target) ?? "unknown";
      if (was !== is) emit({ atMs: parts.clock.nowMs(), type: "role", role, target, is, was });
      known.set(target, is);
    }
    await delay(ROLES_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Returns the role of each member. A leader that does not confirm its role is "unconfirmed". */
function rolesIn({ postgres, redis }: Look): { readonly role: string; readonly pod: string; readonly is: string }[] {
  const leader = postgres === null ? undefined : runningLeader(postgres.members);
  const claims = (is: string, leads: boolean) =>
    is === "leader" || is === "master" ? (leads ? is : "unconfirmed") : is;
  return [
    ...(postgres?.members ?? []).map(({ pod, role }) => ({ role: "postgres", pod, is: claims(role, pod === leader) })),
    ...(redis?.members ?? []).map(({ pod, role }) => ({
      role: "redis",
      pod,
      is: role === "slave" ? "replica" : claims(role, pod === redis?.master),
    })),
  ];
}
