/**
 * What breaking the fake means: the effect of each capability on the site, how it is undone, and what an observer inside the
 * target then sees. The parameters are those of platform/capability.ts.
 */
import type { TargetReferenceWithNode } from "../../platform.ts";
import { isRecord } from "../../std/json.ts";
import { type Break, conditionAfter, effectOf, endsByItself } from "./change.ts";
import { evict } from "./eviction.ts";
import type { Replica } from "./fleet.ts";
import type { FakeMember, MemberCondition } from "./member.ts";
import { type Lives, livesOf, seesBite } from "./sight.ts";
import type { Site } from "./site.ts";

/** How long a supervisor takes to restart a store's member. */
const MEMBER_RESTART_MS = 900;
const PROXY_RESTART_MS = 300;

export class Breakage {
  readonly #site: Site;
  readonly #active = new Map<string, Break>();
  /** Evictions that have completed. */
  readonly #done = new Set<string>();
  /** The processes that each change found: a killed process is gone even when another runs in its place. */
  readonly #found = new Map<string, Lives>();

  constructor(site: Site) {
    this.#site = site;
  }

  get active(): readonly Break[] {
    return [...this.#active.values()];
  }

  apply(change: Break): void {
    if (this.#active.has(change.id)) return;
    const effect = effectOf(change.capability);
    this.#active.set(change.id, change);
    this.#found.set(change.id, livesOf(this.#membersOf(change.target), this.#replicasOf(change.target), this.#site));
    if (this.#site.behaviour.app.staysBroken) this.#site.app.failWritesFor(Number.POSITIVE_INFINITY);
    if (effect.is === "cordon") this.#site.cordoned.add(change.target.node);
    else if (effect.is === "clock") this.#site.clocks.set(change.target.id, Number(change.parameters["offsetMs"]));
    else if (effect.is === "evict") evict(this.#site, change.target.node, () => this.#done.add(change.id));
    else if (effect.is === "impair") this.#impair();
    else if (effect.is === "strike") this.#strike(change, conditionAfter(change, effect.condition));
  }

  revert(id: string): void {
    const change = this.#active.get(id);
    if (change === undefined) return;
    this.#active.delete(id);
    this.#done.delete(id);
    const effect = effectOf(change.capability);
    if (effect.is === "cordon") this.#uncordon(change);
    else if (effect.is === "clock") this.#site.clocks.delete(change.target.id);
    else if (effect.is === "impair") this.#impair();
    else if (effect.is === "strike") this.#mend(change);
  }

  /**
   * Returns whether the change is seen from inside the target. A change that was never made, or that changed nothing, is not
   * seen.
   */
  isBitten(change: Break): boolean {
    if (!this.#active.has(change.id)) return false;
    if (change.capability === "evict") return this.#done.has(change.id) || this.#site.behaviour.drain.evicts === "one";
    return seesBite(change, {
      site: this.#site,
      members: this.#membersOf(change.target),
      replicas: this.#replicasOf(change.target),
      found: this.#found.get(change.id) ?? new Map(),
    });
  }

  /** Returns whether it is seen from inside the target that the change is gone and the target is back in its place. */
  isHealed(change: Break): boolean {
    if (this.#active.has(change.id) && !endsByItself(change)) return false;
    const members = this.#membersOf(change.target);
    const replicas = this.#replicasOf(change.target);
    return (
      members.every((member) => member.condition === "up" && member.role !== "none") &&
      replicas.every((replica) => replica.ready) &&
      (change.target.id !== this.#site.proxy.id || this.#site.proxy.isUp)
    );
  }

  #strike(change: Break, condition: MemberCondition): void {
    for (const member of this.#membersOf(change.target)) this.#strikeMember(member, condition, change);
    for (const replica of this.#replicasOf(change.target)) this.#strikeReplica(replica, change);
    if (change.target.id === this.#site.proxy.id) this.#strikeProxy(change);
  }

  #strikeProxy(change: Break): void {
    const { proxy, agenda } = this.#site;
    proxy.isUp = false;
    proxy.life++;
    if (endsByItself(change)) agenda.after(PROXY_RESTART_MS, () => this.#restoreProxy());
  }

  #restoreProxy(): void {
    this.#site.proxy.isUp = true;
  }

  #strikeMember(member: FakeMember, condition: MemberCondition, change: Break): void {
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
    if (change.target.id === this.#site.proxy.id) this.#restoreProxy();
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
      const effect = effectOf(capability);
      if (effect.is !== "impair") continue;
      sum.laterMs += effect.laterMs;
      sum.failShare += effect.failShare;
    }
    this.#site.app.impair(sum);
  }

  #membersOf(target: TargetReferenceWithNode): FakeMember[] {
    const all = [...this.#site.database.members, ...this.#site.sessionStore.members];
    return all.filter((member) => member.id === target.id || (target.role === "node" && member.node === target.node));
  }

  #replicasOf(target: TargetReferenceWithNode): Replica[] {
    return this.#site.fleet.replicas.filter(
      (replica) => replica.id === target.id || (target.role === "node" && replica.node === target.node),
    );
  }

  #storeOf(member: FakeMember) {
    return this.#site.database.members.includes(member) ? this.#site.database : this.#site.sessionStore;
  }
}
