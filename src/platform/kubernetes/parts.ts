/** What the platform's capabilities share: the API, the plan's configuration, the clock, our tools, and the undo list. */
import type { ClusterApi } from "../../kubernetes.ts";
import type { TargetReferenceWithNode, Witness } from "../../platform.ts";
import type { Clock } from "../../std/clock.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { KubernetesConfig } from "./config.ts";
import type { Doors } from "./doors.ts";
import { type Look, look } from "./look.ts";
import type { NodeObject, PodObject } from "./objects.ts";
import type { OwnStress } from "./own-stress.ts";
import type { Tools } from "./tools.ts";
import { topologyOf } from "./topology.ts";
import type { UndoList } from "./undo-list.ts";

export interface Parts {
  readonly api: ClusterApi;
  readonly config: KubernetesConfig;
  readonly clock: Clock;
  readonly doors: Doors;
  readonly tools: Tools;
  readonly undoList: UndoList;
  readonly ownStress: OwnStress;
  readonly runId: string;
  /** The folder in which the plan's own commands run. */
  readonly planFolder: string;
}

export function lookAt({ api, doors, config }: Parts, signal: AbortSignal): Promise<Look> {
  return look(api, doors, config, signal);
}

/** Returns the name of a target's pod: "postgres/pg-0" is pg-0. */
export function podName({ id }: Pick<TargetReferenceWithNode, "id">): string {
  return id.slice(id.indexOf("/") + 1);
}

/** Returns null when the pod is gone. */
export async function findPod(
  { api, config }: Parts,
  target: Pick<TargetReferenceWithNode, "id">,
  signal: AbortSignal,
): Promise<PodObject | null> {
  const reference = { kind: "Pod" as const, namespace: config.namespace, name: podName(target) };
  return (await api.get(reference, signal)) as PodObject | null;
}

export async function demandPod(
  parts: Parts,
  target: Pick<TargetReferenceWithNode, "id">,
  signal: AbortSignal,
): Promise<PodObject> {
  const pod = await findPod(parts, target, signal);
  if (pod !== null) return pod;
  throw gone(`pod ${podName(target)} in namespace ${parts.config.namespace}`);
}

export async function demandNode({ api }: Parts, name: string, signal: AbortSignal): Promise<NodeObject> {
  const node = (await api.get({ kind: "Node", namespace: "", name }, signal)) as NodeObject | null;
  if (node !== null) return node;
  throw gone(`node ${name}`);
}

export function witness({ clock }: Parts, says: string, source: string): Witness {
  return { atMs: clock.nowMs(), says, source };
}

/** Describes a target that exists, is ready and has its role again; returns null until then. */
export async function inPlace(
  parts: Parts,
  target: Pick<TargetReferenceWithNode, "id">,
  signal: AbortSignal,
): Promise<string | null> {
  const seen = await lookAt(parts, signal);
  const found = topologyOf(seen).find(({ id }) => id === target.id);
  if (found === undefined || !found.healthy) return null;
  const member = seen.postgres?.members.find(({ pod }) => pod === podName(target));
  const redis = seen.redis?.members.find(({ pod }) => pod === podName(target));
  const role = member?.role ?? redis?.role;
  return `${target.id} is ready${role === undefined ? "" : `, ${role}`}`;
}

/** Returns the ids of the target, or for a node of what runs on it, once all of them are healthy; null until then. */
export async function healthyOn(
  parts: Parts,
  target: TargetReferenceWithNode,
  signal: AbortSignal,
): Promise<string | null> {
  const isMeant = ({ id, node, role }: TargetReferenceWithNode) =>
    target.role === "node" ? node === target.node && role !== "node" : id === target.id;
  const here = topologyOf(await lookAt(parts, signal)).filter(isMeant);
  if (here.length === 0 || here.some((one) => !one.healthy)) return null;
  return here.map(({ id }) => id).join(", ");
}

function gone(what: string): GamedayError {
  return new GamedayError({
    code: "kubernetes-target-gone",
    expected: what,
    got: "none",
    hint: "it was replaced or removed since the targets were chosen",
    exitCode: ExitCode.notReady,
  });
}

export function refuse(what: string, because: string, hint?: string): GamedayError {
  return new GamedayError({
    code: "kubernetes-cannot",
    expected: what,
    got: because,
    ...(hint === undefined ? {} : { hint }),
    exitCode: ExitCode.notReady,
  });
}
