/** The fake's app: what one replica does with one call. All typical mistakes of an app are switches of AppBehaviour. */
import type { Json } from "../../std/json.ts";
import type { Random } from "../../std/random.ts";
import type { Agenda } from "./agenda.ts";
import type { AppBehaviour } from "./behaviour.ts";
import { type Answered, type FakeAnswer, type FakeCall, isWrite, SESSIONS } from "./call.ts";
import { evenly, withTail } from "./draw.ts";
import type { Replica } from "./fleet.ts";
import type { EntryContent } from "./log.ts";
import type { StoreAnswer } from "./member.ts";
import type { FakeStore } from "./store.ts";

/** The app gives up on a store that has not answered for this long, and responds with an error. */
const QUERY_TIMEOUT_MS = 1500;
/** The time between reading a counter and writing it back, in an app that does so. */
const THINKS_MS = [2, 8] as const;
const READ_MS = [0.5, 2] as const;
const LATE_COMMIT_RETRY_MS = 300;

export interface Impairment {
  readonly laterMs: number;
  readonly failShare: number;
}

export const UNIMPAIRED: Impairment = { laterMs: 0, failShare: 0 };

const UNAVAILABLE: FakeAnswer = { status: 503, body: { error: "the store is not available" } };
/** This status is declared to mean "certainly not applied". */
const SOLD_OUT: FakeAnswer = { status: 422, body: { error: "sold out" } };
const TIMED_OUT: FakeAnswer = { status: 504, body: { error: "the store did not answer" } };

export class FakeApp {
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #behaviour: AppBehaviour;
  readonly #database: FakeStore;
  readonly #sessionStore: FakeStore;
  #writes = 0;
  /** Users' writes fail until this time, whatever the stores answer. */
  #failsUntilMs = 0;
  #stormUntilMs = 0;
  #impairment: Impairment = UNIMPAIRED;
  /** The time at which caches stopped being updated; null while they are updated. */
  #cachedAtMs: number | null = null;

  constructor(parts: {
    agenda: Agenda;
    random: Random;
    behaviour: AppBehaviour;
    database: FakeStore;
    sessionStore: FakeStore;
  }) {
    this.#agenda = parts.agenda;
    this.#random = parts.random;
    this.#behaviour = parts.behaviour;
    this.#database = parts.database;
    this.#sessionStore = parts.sessionStore;
    if (parts.behaviour.blip.everyMs > 0) this.#blip();
  }

  /** Makes users' writes fail for this long from now on. */
  failWritesFor(lastsMs: number): void {
    this.#failsUntilMs = Math.max(this.#failsUntilMs, this.#agenda.nowMs + lastsMs);
  }

  get impairment(): Impairment {
    return this.#impairment;
  }

  /** Sets what network and CPU faults do to every request: it is delayed, or lost with the given probability. */
  impair(impairment: Impairment): void {
    this.#impairment = impairment;
  }

  /** Handles a new leader of the database. */
  failedOver(): void {
    const { relapse, retryStormMs, cacheForEver } = this.#behaviour;
    if (cacheForEver) this.#cachedAtMs ??= this.#agenda.nowMs;
    if (relapse.lastsMs > 0) this.#agenda.after(relapse.afterMs, () => this.failWritesFor(relapse.lastsMs));
    if (retryStormMs === 0) return;
    this.#agenda.after(2000, () => {
      this.#stormUntilMs = this.#agenda.nowMs + retryStormMs;
    });
  }

  /** Returns the bytes of memory that one replica holds. */
  memoryBytes(): number {
    return 80_000_000 + (this.#behaviour.leak.bytesPerMinute * this.#agenda.nowMs) / 60_000;
  }

  /** Serves one call on a replica. Answers exactly once, even when the replica dies in the meantime (502, from the proxy). */
  serve(replica: Replica, call: FakeCall, answered: Answered): void {
    const { life } = replica;
    replica.requests++;
    const finish = (answer: FakeAnswer) =>
      this.#agenda.after(this.#answerMs(), () =>
        answered(replica.life === life ? this.#dressed(answer) : { status: 502, body: null }),
      );
    this.#agenda.at(this.#cpuDoneAtMs(replica), () => {
      if (replica.life !== life) return answered({ status: 502, body: null });
      if (!replica.serves || this.#random.float() < this.#impairment.failShare) return finish(UNAVAILABLE);
      if (isWrite(call)) this.#write(replica, call, finish);
      else this.#read(replica, call, finish);
    });
  }

  /**
   * Returns the time at which the CPU is done with a request. Each replica has one queue, so a request waits for those before it.
   */
  #cpuDoneAtMs(replica: Replica): number {
    const { cpuMsPerRequest, cpuLimit } = this.#behaviour;
    const start = Math.max(this.#agenda.nowMs, replica.busyUntilMs);
    replica.busyUntilMs = start + (cpuMsPerRequest * (0.5 + this.#random.float())) / cpuLimit;
    return replica.busyUntilMs;
  }

  #answerMs(): number {
    const { serviceMs, leak } = this.#behaviour;
    const { nowMs } = this.#agenda;
    const leaked = (leak.slowerMsPerMinute * nowMs) / 60_000;
    const storm = nowMs < this.#stormUntilMs ? 300 + this.#random.float() * 1200 : 0;
    return withTail(this.#random, serviceMs) + leaked + storm + this.#impairment.laterMs;
  }

  #dressed(answer: FakeAnswer): FakeAnswer {
    return this.#behaviour.errorsInside200 && answer.status >= 500 ? { status: 200, body: answer.body } : answer;
  }

  #read(replica: Replica, call: FakeCall, finish: Answered): void {
    if (call.kind === "browse") {
      finish({ status: 200, body: { items: 12 } });
      return;
    }
    const store = this.#storeOf(call);
    const member = replica.pinned ?? store.leader;
    const { condition } = member;
    if (condition === "down") {
      finish(UNAVAILABLE);
      return;
    }
    if (condition !== "up" && condition !== "full") {
      this.#agenda.after(QUERY_TIMEOUT_MS, () => finish(TIMED_OUT));
      return;
    }
    this.#agenda.after(evenly(this.#random, READ_MS), () => finish(this.#found(store, replica, call)));
  }

  #found(store: FakeStore, replica: Replica, call: FakeCall): FakeAnswer {
    if (call.object === SESSIONS && this.#behaviour.sessions === "memory") {
      return { status: 200, body: { value: replica.sessions.get(call.key) ?? null } };
    }
    const atMs = this.#cachedAtMs ?? this.#agenda.nowMs - this.#behaviour.readsLagMs;
    return { status: 200, body: { value: store.log.valueAt(call.object, call.key, atMs) } };
  }

  #write(replica: Replica, call: FakeCall, finish: Answered): void {
    const answer = this.#withoutStore(replica, call);
    if (answer !== null) {
      finish(answer);
      return;
    }
    if (this.#behaviour.acknowledges === "before-commit") {
      this.#writeLater(replica, call, finish);
      return;
    }
    const done = (given: StoreAnswer) => finish(answerOf(given));
    if (call.kind === "increment" && !this.#behaviour.countersAtomic) this.#readAddWrite(replica, call, done);
    else this.#store(replica, call, contentOf(call), done);
  }

  /**
   * Returns the answers that the app gives without its store: refusals, failures of its own, and lies. Returns null when it needs
   * the store.
   */
  #withoutStore(replica: Replica, call: FakeCall): FakeAnswer | null {
    const { nowMs } = this.#agenda;
    if (call.value === "sold-out") return SOLD_OUT;
    if (nowMs < this.#failsUntilMs) return UNAVAILABLE;
    if (nowMs < this.#stormUntilMs && this.#random.float() < 0.5) return UNAVAILABLE;
    const { dropsEvery, sessions } = this.#behaviour;
    if (call.object === "orders" && dropsEvery > 0 && ++this.#writes % dropsEvery === 0) return acknowledged(false);
    if (call.object !== SESSIONS || sessions !== "memory") return null;
    replica.sessions.set(call.id, call.value);
    return acknowledged(false);
  }

  /** Reads a counter, adds to it and writes it back, which overwrites whatever was added in between. */
  #readAddWrite(replica: Replica, call: FakeCall, done: (answer: StoreAnswer) => void): void {
    const { log } = this.#storeOf(call);
    const written = log.sum(call.object, call.key) + Number(call.value);
    this.#agenda.after(evenly(this.#random, THINKS_MS), () => {
      const value = written - log.sum(call.object, call.key);
      this.#store(replica, call, { ...contentOf(call), value }, done);
    });
  }

  #writeLater(replica: Replica, call: FakeCall, finish: Answered): void {
    const { life } = replica;
    const attempt = () => {
      if (replica.life !== life) return;
      this.#store(replica, call, contentOf(call), (answer) => {
        if (answer === "error" || answer === "hang") this.#agenda.after(LATE_COMMIT_RETRY_MS, attempt);
      });
    };
    this.#agenda.after(evenly(this.#random, this.#behaviour.lateCommitMs), attempt);
    finish(acknowledged(false));
  }

  #store(replica: Replica, call: FakeCall, content: EntryContent, done: (answer: StoreAnswer) => void): void {
    const store = this.#storeOf(call);
    // From inside a cut node, a client reaches only that node's own member.
    const inside = store.members.find(({ node, condition }) => node === call.inside && condition === "cut") ?? null;
    const pinned = store === this.#database ? replica.pinned : null;
    const { idempotent } = this.#behaviour;
    let answered = false;
    const once = (answer: StoreAnswer) => {
      if (answered) return;
      answered = true;
      done(answer);
    };
    // "hang" means that the store will not answer soon; an answer may still come before the app gives up.
    store.write(content, { idempotent, member: inside ?? pinned, inside: inside !== null }, (answer) => {
      if (answer === "hang") this.#agenda.after(QUERY_TIMEOUT_MS, () => once("hang"));
      else once(answer);
    });
  }

  #storeOf(call: FakeCall): FakeStore {
    return call.object === SESSIONS ? this.#sessionStore : this.#database;
  }

  #blip(): void {
    const { lastsMs, everyMs } = this.#behaviour.blip;
    this.#agenda.after(everyMs * (0.7 + 0.6 * this.#random.float()), () => {
      this.failWritesFor(lastsMs);
      this.#blip();
    });
  }
}

function contentOf(call: FakeCall): EntryContent {
  const { object, id, key, kind, value } = call;
  return { object, id, key, kind: kind === "browse" || kind === "read" ? "add" : kind, value };
}

function acknowledged(already: boolean): FakeAnswer {
  return { status: already ? 200 : 201, body: { stored: true } satisfies Json };
}

function answerOf(answer: StoreAnswer): FakeAnswer {
  if (answer === "ok" || answer === "already") return acknowledged(answer === "already");
  return answer === "hang" ? TIMED_OUT : UNAVAILABLE;
}
