/**
 * What an observer inside a target of the fake sees of a change. It inspects the model and never trusts the change itself: a
 * capability that the model does not have is never seen to bite.
 */
import { type Break, conditionAfter, effectOf, endsByItself } from "./change.ts";
import type { Replica } from "./fleet.ts";
import type { FakeMember, MemberCondition } from "./member.ts";
import type { Site } from "./site.ts";

/** By target: which of its processes ran. */
export type Lives = ReadonlyMap<string, number>;

export interface SeenChange {
  readonly site: Site;
  readonly members: readonly FakeMember[];
  readonly replicas: readonly Replica[];
  /** The processes that ran before the change. */
  readonly found: Lives;
}

export function livesOf(members: readonly FakeMember[], replicas: readonly Replica[], { proxy }: Site): Lives {
  return new Map([...members, ...replicas, proxy].map(({ id, life }) => [id, life]));
}

export function seesBite(change: Break, sight: SeenChange): boolean {
  const { site } = sight;
  const { capability, target, parameters } = change;
  const effect = effectOf(capability);
  if (effect.is === "cordon") return site.cordoned.has(target.node);
  if (effect.is === "clock") return site.clocks.get(target.id) === Number(parameters["offsetMs"]);
  if (effect.is === "strike") return seesStrike(change, conditionAfter(change, effect.condition), sight);
  if (effect.is !== "impair") return false;
  const { laterMs, failShare } = site.app.impairment;
  return effect.laterMs <= laterMs && effect.failShare <= failShare && laterMs + failShare > 0;
}

/**
 * Returns true when every part of the target, or everything that runs on it, is in the condition that the change causes, or has a
 * new process.
 */
function seesStrike(change: Break, wanted: MemberCondition, { site, members, replicas, found }: SeenChange): boolean {
  const { capability, target } = change;
  const isNew = ({ id, life }: { readonly id: string; readonly life: number }) => life !== found.get(id);
  const restarted = endsByItself(change);
  const struck = members.map((member) => (restarted ? isNew(member) : member.condition === wanted));
  if (target.id === site.proxy.id) struck.push(isNew(site.proxy) && (restarted || !site.proxy.isUp));
  // A replica's disk and the network of its peers are not modelled, so only store members count here.
  if (capability !== "disk" && wanted !== "isolated")
    struck.push(...replicas.map((one) => replicaIs(one, wanted, isNew)));
  return struck.length > 0 && struck.every(Boolean);
}

function replicaIs(replica: Replica, wanted: FakeMember["condition"], isNew: (one: Replica) => boolean): boolean {
  return wanted === "down" ? isNew(replica) : replica.condition === wanted;
}
