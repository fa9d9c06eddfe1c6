/**
 * The fake's app replicas behind their proxy: which replica a request reaches, what happens to a replica that is killed, frozen
 * or evicted, when it serves again, and when the proxy notices either.
 */
import type { Json } from "../../std/json.ts";
import type { Random } from "../../std/random.ts";
import type { Agenda } from "./agenda.ts";
import type { Behaviour } from "./behaviour.ts";
import { evenly } from "./draw.ts";
import type { FakeMember } from "./member.ts";

export interface Replica {
  readonly id: string;
  node: string;
  condition: "up" | "down" | "frozen" | "cut";
  /** Whether it can serve; a replica that is up but cannot serve yet answers 503. */
  serves: boolean;
  /** The state that its readiness check reports. */
  ready: boolean;
  /** Whether the proxy considers it usable; only such replicas get requests. */
  routed: boolean;
  /** Counts the replica's processes: what an earlier process had in memory is gone. */
  life: number;
  /** Whether it is kept from being started. */
  heldDown: boolean;
  /** The time until which its one CPU queue is busy. */
  busyUntilMs: number;
  /** Requests since the autoscaler's last check. */
  requests: number;
  /** The database member that its pool uses whatever happens; null: the pool follows the leader. */
  pinned: FakeMember | null;
  /** Sessions that the process itself keeps, if the app does so: id to value. */
  sessions: Map<string, Json>;
}

/** What a request finds after `afterMs`: a replica, or none that accepts it. */
export interface Route {
  readonly replica: Replica | null;
  readonly afterMs: number;
}

/** A client's connection to the proxy: a kept one stays with its replica while that is routed. */
export interface FakeConnection {
  readonly kept: boolean;
  replica: Replica | null;
}

const RESTART_BACKOFF_MS = 500;
const READY_NOTICED_MS = [100, 500] as const;

export class Fleet {
  replicas: Replica[] = [];
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #behaviour: Behaviour;
  readonly #nodes: readonly string[];
  #started = 0;

  constructor(nodes: readonly string[], parts: { agenda: Agenda; random: Random; behaviour: Behaviour }) {
    this.#nodes = nodes;
    this.#agenda = parts.agenda;
    this.#random = parts.random;
    this.#behaviour = parts.behaviour;
    for (let count = 0; count < parts.behaviour.app.replicas; count++) this.#serve(this.#add(this.#nextNode([])));
  }

  get ready(): number {
    return this.replicas.filter((replica) => replica.ready && replica.condition === "up").length;
  }

  /** Returns the replica that a request on this connection reaches, as the proxy decides. */
  route(connection: FakeConnection): Route {
    const kept = connection.replica;
    const first = connection.kept && kept?.routed === true ? kept : this.#pick(null);
    if (first === null) return { replica: null, afterMs: 0.5 };
    const route = first.condition === "up" ? { replica: first, afterMs: 0.2 } : this.#around(first);
    connection.replica = route.replica;
    return route;
  }

  /** Kills the replica's process. Its supervisor restarts it unless it is held down. */
  kill(replica: Replica, held: boolean): void {
    replica.heldDown = held;
    replica.life++;
    this.#fall(replica, "down");
    if (!held) this.start(replica, RESTART_BACKOFF_MS);
  }

  /** Freezes the replica or cuts it off; its process lives on. */
  detach(replica: Replica, condition: "frozen" | "cut"): void {
    if (replica.condition === "up") this.#fall(replica, condition);
  }

  attach(replica: Replica): void {
    if (replica.condition === "down") return;
    replica.condition = "up";
    this.#admit(replica);
  }

  /** Starts the replica's process; it serves after its start-up time. */
  start(replica: Replica, delayMs = 0): void {
    replica.heldDown = false;
    const { life } = replica;
    this.#agenda.after(delayMs, () => {
      if (replica.life !== life || replica.heldDown) return;
      replica.condition = "up";
      replica.serves = false;
      replica.pinned = null;
      replica.sessions = new Map();
      this.#whenReadinessLies(replica);
      this.#agenda.after(evenly(this.#random, this.#behaviour.app.startMs), () => {
        if (replica.life === life && replica.condition === "up") this.#serve(replica);
      });
    });
  }

  /** Adds one replica on the emptiest of the given nodes. */
  grow(nodes: readonly string[], mayServe: boolean): Replica {
    const replica = this.#add(this.#nextNode(nodes));
    if (mayServe) this.start(replica);
    return replica;
  }

  /** Removes replicas after draining them, the last first. */
  shrinkTo(count: number): void {
    for (const replica of this.replicas.slice(count)) this.remove(replica);
  }

  /** Drains one replica: it is no longer routed at once, and is gone after its last request. */
  remove(replica: Replica): void {
    this.replicas = this.replicas.filter((other) => other !== replica);
    replica.routed = false;
    replica.ready = false;
  }

  #add(node: string): Replica {
    const replica: Replica = {
      id: `app/${node}-${++this.#started}`,
      node,
      condition: "down",
      serves: false,
      ready: false,
      routed: false,
      life: 0,
      heldDown: false,
      busyUntilMs: 0,
      requests: 0,
      pinned: null,
      sessions: new Map(),
    };
    this.replicas.push(replica);
    return replica;
  }

  #nextNode(allowed: readonly string[]): string {
    const nodes = allowed.length > 0 ? allowed : this.#nodes;
    if (!this.#behaviour.drain.spread) return nodes.at(-1) as string;
    const load = (node: string) => this.replicas.filter((replica) => replica.node === node).length;
    return nodes.reduce((least, node) => (load(node) < load(least) ? node : least));
  }

  #pick(not: Replica | null): Replica | null {
    const choice = this.replicas.filter((replica) => replica.routed && replica !== not);
    return choice.length === 0 ? null : this.#random.pick(choice);
  }

  /** Returns the route around a replica that does not answer: refused at once, or silent until the proxy's connect timeout. */
  #around(dead: Replica): Route {
    const afterMs = dead.condition === "down" ? 1 : 500;
    if (!this.#behaviour.proxy.redispatches || dead.condition === "frozen") return { replica: dead, afterMs };
    const other = this.replicas.filter((replica) => replica.routed && replica.condition === "up");
    return { replica: other.length === 0 ? null : this.#random.pick(other), afterMs };
  }

  #fall(replica: Replica, condition: Replica["condition"]): void {
    replica.condition = condition;
    replica.serves = condition !== "down" && replica.serves;
    replica.ready = false;
    if (!this.#behaviour.proxy.healthChecks) return;
    this.#agenda.after(evenly(this.#random, this.#behaviour.proxy.detectMs), () => {
      if (replica.condition !== "up") replica.routed = false;
    });
  }

  #whenReadinessLies(replica: Replica): void {
    if (this.#behaviour.app.readiness === "always") this.#admit(replica);
  }

  #serve(replica: Replica): void {
    replica.condition = "up";
    replica.serves = true;
    if (this.#agenda.nowMs === 0) {
      replica.ready = true;
      replica.routed = true;
      return;
    }
    this.#agenda.after(this.#behaviour.app.readinessDelayMs, () => this.#admit(replica));
  }

  #admit(replica: Replica): void {
    const { life } = replica;
    this.#agenda.after(evenly(this.#random, READY_NOTICED_MS), () => {
      if (replica.life !== life || replica.condition !== "up" || !this.replicas.includes(replica)) return;
      replica.ready = true;
      replica.routed = true;
    });
  }
}
