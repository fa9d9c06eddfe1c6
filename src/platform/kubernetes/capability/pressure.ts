/**
 * cpu and memory: a process of ours uses up the limit of the pod that it is in, from an ephemeral container. What is left to the target
 * is what the limit leaves, so a pod without a limit cannot be pressed: the process would only take from the node. On a node, the pods
 * that have a limit are pressed, and the proof names those that have none.
 */
import type { Capability, CapabilityName, Change, ParametersOf, Target } from "../../../platform.ts";
import type { Json } from "../../../std/json.ts";
import type { PodObject } from "../objects.ts";
import { demandNode, findPod, healthyOn, type Parts, refuse, witness } from "../parts.ts";
import { podLimit, withoutLimit } from "../pod-limits.ts";
import { assertNodeMayBeHit } from "../safety.ts";
import { readHolding, secondsOf, startHolding, stopHolding } from "./held.ts";
import { podsOf } from "./table.ts";

/** What our process takes of one pod. */
export interface Portion {
  readonly pod: string;
  readonly uid: string;
  /** The pod's limit, and how much of it our process takes: thousandths of a CPU, or MiB. */
  readonly limit: number;
  readonly take: number;
  /** In words, how both follow from each other. */
  readonly says: string;
}

export interface PressureKind<N extends CapabilityName> {
  readonly resource: "cpu" | "memory";
  /** Returns what to take of a pod with this limit (CPUs or bytes); a reason in words when nothing can be taken. */
  portion(
    parts: Parts,
    given: { readonly pod: PodObject; readonly limit: number; readonly parameters: ParametersOf<N> },
    signal: AbortSignal,
  ): Promise<Omit<Portion, "pod" | "uid"> | string>;
  /** The files of our process in /proc that prove what it takes. */
  readonly files: string;
  /** Returns what they show, in words, and whether it is enough to be a proof. */
  proof(text: string, portion: Portion): { readonly isEnough: boolean; readonly says: string };
}

interface Prior {
  readonly pods: readonly Portion[];
  /** Pods that are left alone, each with the reason. */
  readonly spared: readonly string[];
}

export function pressureCapability<N extends "cpu" | "memory">(parts: Parts, kind: PressureKind<N>): Capability<N> {
  const capability: Capability<"cpu" | "memory"> = {
    prior: (target, parameters, signal) => plan(parts, kind, { target, parameters: parameters as never }, signal),
    async apply(change, signal) {
      for (const { pod, portion } of await present(parts, change, signal)) {
        const words = `${kind.resource} ${secondsOf(change)} ${portion.take}`;
        const trouble = await startHolding(parts, pod, { change, words }, signal);
        if (trouble !== null) throw refuse(`to take ${kind.resource} in pod ${portion.pod}`, trouble);
      }
    },
    async bitten(change, signal) {
      const pods = await present(parts, change, signal);
      const proofs = await Promise.all(
        pods.map(async ({ pod, portion }) => {
          const text = await readHolding(parts, pod, { change, files: kind.files }, signal);
          return text === null ? null : kind.proof(text, portion);
        }),
      );
      const found = proofs.filter((proof) => proof !== null);
      if (proofs.length === 0 || found.length < proofs.length) return null;
      const short = found.filter(({ isEnough }) => !isEnough).map(({ says }) => says);
      if (short.length > 0) throw refuse(`to take ${kind.resource}`, short.join("; ")); // the last word, should it stay so
      const { spared } = priorOf(change);
      const left = spared.length === 0 ? "" : `; left alone: ${spared.join("; ")}`;
      const says = found.map((proof) => proof.says).join("; ");
      return witness(parts, `${says}${left}`, "inside the pods: /proc");
    },
    async revert(change, signal) {
      const pods = await present(parts, change, signal);
      await Promise.all(pods.map(({ pod }) => stopHolding(parts, pod, change, signal)));
    },
    healed: (change, signal) => healed(parts, change, signal),
  };
  return capability as unknown as Capability<N>;
}

/** Chooses what to take before anything is changed. Throws GamedayError when no pod can be pressed. */
async function plan<N extends "cpu" | "memory">(
  parts: Parts,
  kind: PressureKind<N>,
  { target, parameters }: { readonly target: Target; readonly parameters: ParametersOf<N> },
  signal: AbortSignal,
): Promise<Json> {
  if (target.role === "node") assertNodeMayBeHit(parts.config, await demandNode(parts, target.node, signal));
  const [pods, spared]: [Portion[], string[]] = [[], []];
  for (const pod of await podsOf(parts, target, signal)) {
    const { name, uid = "" } = pod.metadata;
    const limit = podLimit(pod, kind.resource);
    const portion =
      limit === null
        ? `no ${kind.resource} limit on ${withoutLimit(pod, kind.resource).join(", ")}`
        : await kind.portion(parts, { pod, limit, parameters }, signal);
    if (typeof portion === "string") spared.push(`${name}: ${portion}`);
    else pods.push({ pod: name, uid, ...portion });
  }
  if (pods.length === 0) throw nothingToPress(kind.resource, target, spared);
  return { pods, spared } as unknown as Json;
}

/** Returns the chosen pods that are still the same. */
async function present(
  parts: Parts,
  change: Pick<Change, "prior">,
  signal: AbortSignal,
): Promise<{ readonly pod: PodObject; readonly portion: Portion }[]> {
  const found = await Promise.all(
    priorOf(change).pods.map(async (portion) => {
      const pod = await findPod(parts, { id: `pod/${portion.pod}` }, signal);
      return pod === null || pod.metadata.uid !== portion.uid ? [] : [{ pod, portion }];
    }),
  );
  return found.flat();
}

async function healed(parts: Parts, change: Change, signal: AbortSignal) {
  for (const { pod } of await present(parts, change, signal)) {
    if ((await readHolding(parts, pod, { change, files: "status" }, signal)) !== null) return null;
  }
  const names = await healthyOn(parts, change.target, signal);
  if (names === null) return null;
  return witness(parts, `nothing of ours is held; ${names} are ready`, "inside the pods, and the API");
}

/** Returns the names of the pods that a change presses. */
export function pressedPods(change: Pick<Change, "prior">): string[] {
  return priorOf(change).pods.map(({ pod }) => pod);
}

function priorOf({ prior }: Pick<Change, "prior">): Prior {
  return prior as unknown as Prior;
}

function nothingToPress(resource: "cpu" | "memory", { id }: Target, spared: readonly string[]) {
  return refuse(
    `a pod whose ${resource} limit can be used up, for pressure on ${id}`,
    spared.join("; ") || "no pod of the plan's roles",
    `a ${resource} limit on every container of the pod, sidecars included: without one, only the node would be pressed`,
  );
}
