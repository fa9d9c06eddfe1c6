/**
 * One replicated store of the fake: a leader, its copies, and an elector. It models what matters for a game day: which entries
 * are on which side of a failover, what a client learns about a write in flight, and how long all that takes. Not modelled: SQL,
 * quorum reads, disks.
 */
import type { Random } from "../../std/random.ts";
import type { Agenda } from "./agenda.ts";
import type { Spread, StoreBehaviour } from "./behaviour.ts";
import { evenly, withTail } from "./draw.ts";
import { type EntryContent, type FakeLogEntry, Log } from "./log.ts";
import type { FakeMember, MemberCondition, RoleWatcher, StoreAnswer, WriteOptions } from "./member.ts";

const ELECTION_RETRY_MS = 1000;
const SYNC_CHOICE_MS: Spread = [300, 1200];
const COPY_MS: Spread = [0.2, 0.8];

export class FakeStore {
  readonly log = new Log();
  readonly members: FakeMember[];
  leader: FakeMember;
  /** The number of failovers so far; connections from before are stale. */
  term = 0;
  /** Since when the leader has been unwell; null while it is well. */
  #badSinceMs: number | null = null;
  #waitingForCopy: (() => void)[] = [];
  /** An old leader still acknowledges until this time. */
  #splitUntilMs = 0;
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #behaviour: StoreBehaviour;
  readonly #watch: RoleWatcher;

  constructor(
    name: string,
    nodes: readonly string[],
    parts: { agenda: Agenda; random: Random; behaviour: StoreBehaviour; watch: RoleWatcher },
  ) {
    this.#agenda = parts.agenda;
    this.#random = parts.random;
    this.#behaviour = parts.behaviour;
    this.#watch = parts.watch;
    this.members = nodes.map((node, index) => ({
      id: `${name}/${node}`,
      node,
      condition: "up",
      life: 0,
      role: index === 0 ? "leader" : index === 1 && parts.behaviour.replication !== "off" ? "sync" : "replica",
    }));
    this.leader = this.members[0] as FakeMember;
  }

  /** Returns whether all members are up and in their place. */
  get isWhole(): boolean {
    return this.members.every((member) => member.condition === "up" && member.role !== "none") && this.#hasSync();
  }

  /** Tries one write. Calls `done` once, or with "hang" at once and perhaps with an answer later. */
  write(content: EntryContent, options: WriteOptions, done: (answer: StoreAnswer) => void): void {
    const member = options.member ?? this.#reached();
    const { condition } = member;
    if (condition === "down" || condition === "full") {
      this.#agenda.after(0.5, () => done("error"));
      return;
    }
    if (condition === "frozen" || (condition === "cut" && !options.inside)) {
      done("hang");
      return;
    }
    if (member !== this.leader && !this.#isSplit(member) && options.member !== null) {
      // A demoted member answers "read-only".
      this.#agenda.after(0.5, () => done("error"));
      return;
    }
    this.#agenda.after(withTail(this.#random, this.#behaviour.commitMs), () =>
      this.#commit(member, content, options, done),
    );
  }

  /** Puts a member into a condition, with all the consequences: elections, rejoining, lost copies. */
  setCondition(member: FakeMember, condition: MemberCondition): void {
    const was = member.condition;
    if (was === condition) return;
    member.condition = condition;
    if (condition === "down") member.life++;
    if (condition === "up") {
      this.#comeBack(member, was);
      return;
    }
    if (member === this.leader) {
      this.#lose(condition);
      return;
    }
    if (condition === "full") return;
    this.#setRole(member, "none");
    this.#chooseSync();
  }

  #reached(): FakeMember {
    const split = this.members.find((member) => this.#isSplit(member));
    return split !== undefined && this.#random.float() < 0.7 ? split : this.leader;
  }

  #isSplit(member: FakeMember): boolean {
    return member !== this.leader && member.role === "leader" && this.#agenda.nowMs < this.#splitUntilMs;
  }

  #commit(member: FakeMember, content: EntryContent, options: WriteOptions, done: (answer: StoreAnswer) => void): void {
    const { term } = this;
    const short = this.#shortAnswer(member);
    const before = options.idempotent ? this.log.find(content) : undefined;
    if (short !== null || before !== undefined) {
      if (short !== null) done(short);
      else if (before !== undefined) this.#answerAgain(member, before, options.inside, done);
      return;
    }
    const entry = this.log.append(content, this.#agenda.nowMs);
    const acknowledge = () => {
      const sure = this.term === term && this.#answers(member, options.inside) && this.#isSafe(entry);
      done(sure ? "ok" : "error");
    };
    if (this.#acknowledgesAlone(member)) {
      this.#acknowledgeFirst(entry, acknowledge);
      return;
    }
    this.#copyFirst(member, entry, acknowledge, () => done("hang"));
  }

  /** Returns the answer of a member that cannot commit; null when it can. */
  #shortAnswer(member: FakeMember): StoreAnswer | null {
    if (member.condition === "frozen") return "hang";
    if (member.condition === "down" || member.condition === "full") return "error";
    if (member === this.leader) return null;
    return this.#isSplit(member) ? "ok" : "error";
  }

  /** Answers a repeated write as the first one was answered, once that has its copy; until then, it waits. */
  #answerAgain(member: FakeMember, before: FakeLogEntry, inside: boolean, done: (answer: StoreAnswer) => void): void {
    const { term } = this;
    if (this.#behaviour.replication !== "off" && !Number.isFinite(before.copiedAtMs)) {
      done("hang");
      return;
    }
    this.#agenda.at(before.visibleAtMs, () => {
      const sure = this.term === term && this.#answers(member, inside) && this.#isSafe(before);
      done(sure ? "already" : "error");
    });
  }

  /**
   * Returns whether an entry survives. With strict replication, its copy must have been made before the leader was cut off from
   * the members that would have it.
   */
  #isSafe(entry: FakeLogEntry): boolean {
    if (this.#badSinceMs === null || this.#acknowledgesAlone(this.leader)) return true;
    return entry.copiedAtMs <= this.#badSinceMs;
  }

  #acknowledgeFirst(entry: FakeLogEntry, acknowledge: () => void): void {
    const alone = this.leader.condition !== "up" || !this.members.some((member) => this.#isCopy(member));
    entry.copiedAtMs = alone
      ? Number.POSITIVE_INFINITY
      : this.#agenda.nowMs + evenly(this.#random, this.#behaviour.lagMs);
    acknowledge();
  }

  #copyFirst(member: FakeMember, entry: FakeLogEntry, acknowledge: () => void, hang: () => void): void {
    const copy = () => {
      entry.copiedAtMs = this.#agenda.nowMs + evenly(this.#random, COPY_MS);
      entry.visibleAtMs = entry.copiedAtMs;
      this.#agenda.at(entry.copiedAtMs + evenly(this.#random, this.#behaviour.acknowledgeMs), acknowledge);
    };
    if (member.condition === "up" && this.#hasSync()) {
      copy();
      return;
    }
    entry.copiedAtMs = Number.POSITIVE_INFINITY;
    entry.visibleAtMs = Number.POSITIVE_INFINITY;
    this.#waitingForCopy.push(copy);
    hang();
  }

  #answers(member: FakeMember, inside: boolean): boolean {
    const { condition } = member;
    return condition === "up" || condition === "isolated" || (condition === "cut" && inside);
  }

  #acknowledgesAlone(member: FakeMember): boolean {
    if (this.#behaviour.replication === "off") return true;
    const apart = member.condition === "cut" || member.condition === "isolated";
    return apart && this.#behaviour.isolatedLeaderAcknowledges;
  }

  #lose(condition: MemberCondition): void {
    this.#badSinceMs = this.#agenda.nowMs;
    const { failoverMs, failoverUnreachableMs, failsOverWhenFull, elects } = this.#behaviour;
    if (!elects || (condition === "full" && !failsOverWhenFull)) return;
    this.#electAfter(evenly(this.#random, condition === "down" ? failoverMs : failoverUnreachableMs), this.term);
  }

  #electAfter(afterMs: number, term: number): void {
    this.#agenda.after(afterMs, () => {
      if (term !== this.term || this.#badSinceMs === null) return;
      const next = this.members.find((member) => member !== this.leader && this.#isCopy(member));
      if (next === undefined) return this.#electAfter(ELECTION_RETRY_MS, term);
      this.#promote(next);
    });
  }

  #promote(next: FakeMember): void {
    const old = this.leader;
    this.log.cut(this.#badSinceMs ?? this.#agenda.nowMs);
    this.term++;
    this.leader = next;
    this.#badSinceMs = null;
    this.#waitingForCopy = [];
    this.#setRole(next, "leader");
    this.#setRole(old, "none");
    this.#chooseSync();
  }

  #comeBack(member: FakeMember, was: MemberCondition): void {
    if (member === this.leader) {
      this.#resume();
      return;
    }
    if (this.#behaviour.splitBrainMs > 0 && was !== "down") this.#split(member);
    const { rejoinMs } = this.#behaviour;
    if (rejoinMs === null) return;
    this.#agenda.after(evenly(this.#random, rejoinMs), () => this.#rejoin(member));
  }

  /** Handles a leader that returns before another member took its place. */
  #resume(): void {
    this.#badSinceMs = null;
    this.#chooseSync();
    this.#releaseWaiting();
  }

  #split(member: FakeMember): void {
    this.#splitUntilMs = this.#agenda.nowMs + this.#behaviour.splitBrainMs;
    this.#setRole(member, "leader");
  }

  #rejoin(member: FakeMember): void {
    if (member.condition !== "up" || member === this.leader) return;
    if (this.#isSplit(member)) {
      this.#agenda.at(this.#splitUntilMs, () => this.#rejoin(member));
      return;
    }
    this.#setRole(member, "replica");
    this.#chooseSync();
  }

  #isCopy(member: FakeMember): boolean {
    const wanted = this.#behaviour.replication === "off" ? "replica" : "sync";
    return member.condition === "up" && member.role === wanted;
  }

  #hasSync(): boolean {
    return this.#behaviour.replication === "off" || this.members.some((member) => this.#isCopy(member));
  }

  #chooseSync(): void {
    if (this.#hasSync()) return;
    this.#agenda.after(evenly(this.#random, SYNC_CHOICE_MS), () => {
      if (this.#hasSync() || this.leader.condition !== "up") return;
      const next = this.members.find((member) => member.condition === "up" && member.role === "replica");
      if (next === undefined) return;
      this.#setRole(next, "sync");
      this.#releaseWaiting();
    });
  }

  #releaseWaiting(): void {
    if (!this.#hasSync()) return;
    const waiting = this.#waitingForCopy;
    this.#waitingForCopy = [];
    for (const copy of waiting) copy();
  }

  #setRole(member: FakeMember, role: FakeMember["role"]): void {
    const was = member.role;
    member.role = role;
    if (was !== role) this.#watch(member, was);
  }
}
