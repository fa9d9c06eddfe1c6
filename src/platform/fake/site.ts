/** The fake's platform as a whole: nodes, stores, app replicas and proxy, and the path of a request through them. */
import type { HealthLine, Target } from "../../platform.ts";
import { hashOf } from "../../std/hash.ts";
import type { Random } from "../../std/random.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { CHECK, line, type PlatformCheck } from "../check.ts";
import type { Agenda } from "./agenda.ts";
import { FakeApp } from "./app.ts";
import type { Behaviour } from "./behaviour.ts";
import { type Answered, type FakeCall, isWrite, SESSIONS } from "./call.ts";
import { Fleet, type Replica } from "./fleet.ts";
import type { FakeLogEntry, FoundInLog } from "./log.ts";
import type { FakeMember } from "./member.ts";
import { FakeStore } from "./store.ts";

export const NODES: readonly string[] = ["n1", "n2", "n3"];

/** After this time the proxy gives up on a replica that accepted the request and does not answer. */
const SERVER_TIMEOUT_MS = 1500;
/** The delay of the proxy's second attempt at a write, where it retries writes. */
const PROXY_RETRY_MS = 800;

export interface SiteParts {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly behaviour: Behaviour;
  /** Called with changes of roles and replicas, and with restarts, as they happen. */
  readonly emit: (event: TimelineEvent) => void;
}

export class Site {
  readonly agenda: Agenda;
  readonly behaviour: Behaviour;
  readonly database: FakeStore;
  readonly sessionStore: FakeStore;
  readonly fleet: Fleet;
  readonly app: FakeApp;
  /** Nodes on which nothing new may be placed. */
  readonly cordoned = new Set<string>();
  /** The one proxy in front of the app, on its own node. */
  readonly proxy = { id: "haproxy/switch", role: "haproxy", node: "switch", isUp: true, life: 0 };
  /** By target: how many milliseconds its clock is ahead. */
  readonly clocks = new Map<string, number>();
  readonly #random: Random;
  readonly #emit: (event: TimelineEvent) => void;

  constructor({ agenda, random, behaviour, emit }: SiteParts) {
    this.agenda = agenda;
    this.behaviour = behaviour;
    this.#random = random.fork("site");
    this.#emit = emit;
    const nodes = NODES.slice(0, NODES.length - behaviour.report.membersMissing);
    const store = (name: string, own: "database" | "sessionStore", inOrder: readonly string[]) =>
      new FakeStore(name, inOrder, {
        agenda,
        random: random.fork(name),
        behaviour: behaviour[own],
        watch: (member, was) => this.#roleChanged(name, member, was),
      });
    this.database = store("postgres", "database", nodes);
    this.sessionStore = store("redis", "sessionStore", [...nodes.slice(1), ...nodes.slice(0, 1)]);
    this.fleet = new Fleet(NODES, { agenda, random: random.fork("fleet"), behaviour });
    const { database, sessionStore } = this;
    this.app = new FakeApp({ agenda, random: random.fork("app"), behaviour: behaviour.app, database, sessionStore });
  }

  /** Sends one call to the platform; calls `answered` once, when the answer is complete. */
  submit(call: FakeCall, answered: Answered): void {
    const cutOff = this.fleet.replicas.find(({ node, condition }) => node === call.inside && condition === "cut");
    if (cutOff !== undefined) {
      this.agenda.after(0.3, () => this.app.serve(cutOff, call, answered));
      return;
    }
    if (!this.proxy.isUp) {
      this.agenda.after(0.3, () => answered({ status: 502, body: null }));
      return;
    }
    const { replica, afterMs } = this.fleet.route(call.connection);
    this.agenda.after(afterMs, () => this.#reach(replica, call, answered));
  }

  /** Returns what the authority holds of one object, as seen by a reader that lags `lagMs` behind. */
  found(object: string, lagMs = 0): FoundInLog[] {
    if (object === SESSIONS && this.behaviour.app.sessions === "memory") return this.#inMemory();
    const store = object === SESSIONS ? this.sessionStore : this.database;
    return store.log.found(object, this.agenda.nowMs - lagMs, (entry) => this.#isListed(entry));
  }

  /** Returns whether an entry is listed yet. The delay depends on its id, so that it is the same in every read. */
  #isListed({ object, id, atMs }: FakeLogEntry): boolean {
    const { listedAfterMs, sessionsExpireMs } = this.behaviour.ledger;
    const ageMs = this.agenda.nowMs - atMs;
    if (object === SESSIONS && sessionsExpireMs !== null && ageMs >= sessionsExpireMs) return false;
    const [from, to] = listedAfterMs;
    return to === 0 || ageMs >= from + ((hashOf(id) % 1000) / 1000) * (to - from);
  }

  /** Deletes everything whose id has this prefix. */
  forget(prefix: string): void {
    this.database.log.forget(prefix);
    this.sessionStore.log.forget(prefix);
  }

  /** Returns the current targets in a stable order. */
  topology(): Target[] {
    const member = (role: string, store: FakeStore) => (one: FakeMember) =>
      target(one.id, role, one.node, { leader: one === store.leader, healthy: one.condition === "up" });
    return [
      ...NODES.map((node) => target(`node/${node}`, "node", node, { leader: false, healthy: this.#nodeIsUp(node) })),
      ...this.database.members.map(member("postgres", this.database)),
      ...this.sessionStore.members.map(member("redis", this.sessionStore)),
      ...this.fleet.replicas.map(({ id, node, ready }) => target(id, "app", node, { leader: false, healthy: ready })),
      target(this.proxy.id, this.proxy.role, this.proxy.node, { leader: false, healthy: this.proxy.isUp }),
    ];
  }

  health(): HealthLine[] {
    const { app } = this.behaviour;
    const ready = this.fleet.ready;
    const wrong = this.behaviour.report.unhealthyBefore ? 1 : 0;
    return [
      line(
        { id: "replicas/app", name: "app-replicas" },
        ready - wrong >= app.replicas,
        `at least ${app.replicas} ready`,
        `${ready - wrong} ready`,
      ),
      storeLine({ id: "members/postgres", name: "postgres" }, this.database, "a leader with a synchronous copy"),
      storeLine({ id: "members/redis", name: "redis" }, this.sessionStore, "a master with a replica in step"),
      line(CHECK.nodes, this.cordoned.size === 0, "no node cordoned", `${this.cordoned.size} cordoned`),
      line({ id: "proxy", name: "proxy" }, this.proxy.isUp, "up", this.proxy.isUp ? "up" : "down"),
    ];
  }

  /** Reports that a replica's process ended and is being restarted; `follows` lists the roles that it is declared to follow. */
  restarted({ id, node }: Replica, reason: string, expected: boolean, follows: readonly string[] = []): void {
    const more = follows.length === 0 ? {} : { follows };
    this.#emit({ atMs: this.agenda.nowMs, type: "restart", target: id, node, reason, expected, ...more });
  }

  emit(event: TimelineEvent): void {
    this.#emit(event);
  }

  #reach(replica: Replica | null, call: FakeCall, answered: Answered): void {
    if (replica === null) {
      answered({ status: 503, body: null });
      return;
    }
    if (replica.condition === "down") {
      answered({ status: 502, body: null });
      return;
    }
    if (replica.condition !== "up") {
      this.agenda.after(SERVER_TIMEOUT_MS, () => answered({ status: 504, body: null }));
      return;
    }
    this.app.serve(replica, call, (answer) => {
      const again = this.behaviour.proxy.retriesWrites && answer.status >= 500 && isWrite(call);
      if (!again) return answered(answer);
      this.agenda.after(PROXY_RETRY_MS, () => this.#reach(this.fleet.route(call.connection).replica, call, answered));
    });
  }

  #inMemory(): FoundInLog[] {
    return this.fleet.replicas.flatMap((replica) =>
      [...replica.sessions].map(([id, value]) => ({ object: SESSIONS, id, count: 1, value })),
    );
  }

  #nodeIsUp(node: string): boolean {
    return this.database.members.every((member) => member.node !== node || member.condition === "up");
  }

  #roleChanged(role: string, member: FakeMember, was: string): void {
    this.#emit({ atMs: this.agenda.nowMs, type: "role", role, target: member.id, is: member.role, was });
    const store = role === "postgres" ? this.database : this.sessionStore;
    if (member.role !== "leader" || member !== store.leader || role !== "postgres") return;
    this.app.failedOver();
    this.#pin();
    this.#exitAll();
  }

  #exitAll(): void {
    const { exitsOnFailover } = this.behaviour.app;
    if (exitsOnFailover === "no") return;
    for (const replica of this.fleet.replicas) {
      this.fleet.kill(replica, false);
      this.restarted(replica, "exit 1", false, exitsOnFailover === "declared" ? ["postgres"] : []);
    }
  }

  /** Handles a new leader: some replicas' pools stay with the old one when that mistake is planted. */
  #pin(): void {
    const { pinnedShare } = this.behaviour.app;
    if (pinnedShare === 0) return;
    const old = this.database.members.find((member) => member.role === "leader" && member !== this.database.leader);
    const count = Math.round(this.fleet.replicas.length * pinnedShare);
    for (const replica of this.#random.shuffle(this.fleet.replicas).slice(0, count)) {
      replica.pinned ??= old ?? this.database.members[0] ?? null;
    }
  }
}

function target(id: string, role: string, node: string, state: { leader: boolean; healthy: boolean }): Target {
  return { id, role, node, ...state, labels: {} };
}

function storeLine(check: PlatformCheck, store: FakeStore, expected: string): HealthLine {
  const roles = store.members.map((member) => `${member.id} ${member.condition} ${member.role}`);
  return line(check, store.isWhole && store.members.length === NODES.length, expected, roles.join(", "));
}
