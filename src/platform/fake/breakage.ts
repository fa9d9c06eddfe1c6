/**
 * What breaking the fake means: each capability's effect on the site, its undoing, and what an observer inside the target
 * then sees. The parameters are those of platform/capability.ts.
 */
import type { CapabilityName, TargetReferenceWithNode } from "../../platform.ts";
import { isRecord, type Json } from "../../std/json.ts";
import { type Impairment, UNIMPAIRED } from "./app.ts";
import { evict } from "./eviction.ts";
import type { Replica } from "./fleet.ts";
import type { Condition, Member } from "./member.ts";
import type { Site } from "./site.ts";

export interface Break {
  readonly id: string;
  readonly capability: CapabilityName;
  readonly target: TargetReferenceWithNode;
  readonly parameters: Readonly<Record<string, Json>>;
  /** { cordoned: true } of a node that was so before: it stays so. */
  readonly prior?: Json;
}

const NODE_CONDITION: Partial<Record<CapabilityName, Condition>> = { power: "down", cut: "cut", freeze: "frozen" };
const TARGET_CONDITION: Partial<Record<CapabilityName, Condition>> = { stop: "down", freeze: "frozen", disk: "full" };
const IMPAIRMENT: Partial<Record<CapabilityName, Impairment>> = {
  delay: { laterMs: 100, failShare: 0 },
  drop: { laterMs: 40, failShare: 0.02 },
  bandwidth: { laterMs: 60, failShare: 0 },
  reset: { laterMs: 0, failShare: 0.2 },
  cpu: { laterMs: 30, failShare: 0 },
  memory: { laterMs: 5, failShare: 0 },
  dns: { laterMs: 0, failShare: 0.05 },
  clock: UNIMPAIRED,
};
/** How long a supervisor takes to start a store's member again. */
const MEMBER_RESTART_MS = 900;

export class Breakage {
  readonly #site: Site;
  readonly #active = new Map<string, Break>();
  /** What was changed and is not undone: a process that was killed has been replaced, say. */
  readonly #done = new Set<string>();

  constructor(site: Site) {
    this.#site = site;
  }

  get active(): readonly Break[] {
    return [...this.#active.values()];
  }

  apply(change: Break): void {
    if (this.#active.has(change.id)) return;
    this.#active.set(change.id, change);
    if (change.capability === "cordon") this.#site.cordoned.add(change.target.node);
    else if (change.capability === "evict") evict(this.#site, change.target.node, () => this.#done.add(change.id));
    else if (IMPAIRMENT[change.capability] !== undefined) this.#impair();
    else this.#strike(change);
  }

  revert(id: string): void {
    const change = this.#active.get(id);
    if (change === undefined) return;
    this.#active.delete(id);
    this.#done.delete(id);
    if (change.capability === "cordon") this.#uncordon(change);
    else if (IMPAIRMENT[change.capability] !== undefined) this.#impair();
    else if (change.capability !== "evict") this.#mend(change);
  }

  /** Seen from inside the target: the change is there. */
  isBitten(change: Break): boolean {
    if (!this.#active.has(change.id)) return false;
    return change.capability !== "evict" || this.#done.has(change.id) || this.#site.behaviour.drain.evicts === "one";
  }

  /** Seen from inside the target: the change is gone, and the target back in its place. */
  isHealed(change: Break): boolean {
    if (this.#active.has(change.id) && !endsByItself(change)) return false;
    const members = this.#membersOf(change.target);
    const replicas = this.#replicasOf(change.target);
    return (
      members.every((member) => member.condition === "up" && member.role !== "none") &&
      replicas.every((replica) => replica.ready)
    );
  }

  #strike(change: Break): void {
    const condition = conditionOf(change);
    for (const member of this.#membersOf(change.target)) this.#strikeMember(member, condition, change);
    for (const replica of this.#replicasOf(change.target)) this.#strikeReplica(replica, change);
  }

  #strikeMember(member: Member, condition: Condition, change: Break): void {
    const store = this.#storeOf(member);
    store.setCondition(member, condition);
    if (endsByItself(change)) this.#site.agenda.after(MEMBER_RESTART_MS, () => store.setCondition(member, "up"));
  }

  #strikeReplica(replica: Replica, change: Break): void {
    const { fleet } = this.#site;
    const { capability } = change;
    if (capability === "freeze" || capability === "cut") {
      fleet.detach(replica, capability === "cut" ? "cut" : "frozen");
      return;
    }
    if (capability === "disk") return;
    const held = capability === "power" || change.parameters["stayDown"] === true;
    fleet.kill(replica, held);
    this.#site.restarted(replica, capability, true);
  }

  #mend(change: Break): void {
    for (const member of this.#membersOf(change.target)) this.#storeOf(member).setCondition(member, "up");
    for (const replica of this.#replicasOf(change.target)) {
      if (replica.heldDown) this.#site.fleet.start(replica);
      else this.#site.fleet.attach(replica);
    }
  }

  #uncordon({ target, prior }: Break): void {
    if (isRecord(prior) && prior["cordoned"] === true) return;
    this.#site.cordoned.delete(target.node);
  }

  #impair(): void {
    const sum = { laterMs: 0, failShare: 0 };
    for (const { capability } of this.#active.values()) {
      sum.laterMs += IMPAIRMENT[capability]?.laterMs ?? 0;
      sum.failShare += IMPAIRMENT[capability]?.failShare ?? 0;
    }
    this.#site.app.impair(sum);
  }

  #membersOf(target: TargetReferenceWithNode): Member[] {
    const all = [...this.#site.database.members, ...this.#site.sessionStore.members];
    return all.filter((member) => member.id === target.id || (target.role === "node" && member.node === target.node));
  }

  #replicasOf(target: TargetReferenceWithNode): Replica[] {
    return this.#site.fleet.replicas.filter(
      (replica) => replica.id === target.id || (target.role === "node" && replica.node === target.node),
    );
  }

  #storeOf(member: Member) {
    return this.#site.database.members.includes(member) ? this.#site.database : this.#site.sessionStore;
  }
}

/** Whoever supervises the target undoes it; nobody needs to revert it. */
function endsByItself({ capability, parameters }: Break): boolean {
  return capability === "evict" || capability === "restart" || parameters["stayDown"] === false;
}

/** A cut that leaves the clients' side ("outside") alone keeps the member from its peers only. */
function conditionOf({ capability, target, parameters }: Break): Condition {
  const { peers } = parameters;
  const fromPeersOnly = Array.isArray(peers) && peers.length > 0 && !peers.includes("outside");
  if (capability === "cut" && fromPeersOnly) return "isolated";
  const byNode = target.role === "node" ? NODE_CONDITION[capability] : undefined;
  return byNode ?? TARGET_CONDITION[capability] ?? NODE_CONDITION[capability] ?? "down";
}
