/** The simulated users: closed loops with think time. Each does what a user of a shop does; together they are one load worker. */
import type { Outcome } from "../../src/history.ts";
import type { Agenda } from "../../src/platform/fake/agenda.ts";
import type { Spread } from "../../src/platform/fake/behaviour.ts";
import { type FakeCall, isWrite, SESSIONS } from "../../src/platform/fake/call.ts";
import { evenly } from "../../src/platform/fake/draw.ts";
import type { FakeConnection } from "../../src/platform/fake/fleet.ts";
import type { Json } from "../../src/std/json.ts";
import type { Random } from "../../src/std/random.ts";
import type { Meter } from "./meter.ts";
import type { Sender } from "./sender.ts";

export interface UsersParts {
  readonly runId: string;
  /** "w0"; also the prefix of its users' names. */
  readonly worker: string;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly sender: Sender;
  readonly meter: Meter;
  readonly thinkMs: Spread;
  /** The node that these users are inside of; null: outside, like real users. */
  readonly inside: string | null;
  readonly stalled: () => boolean;
  readonly quiet: () => boolean;
}

interface Person {
  readonly name: string;
  readonly connection: FakeConnection;
  sequence: number;
  /** The last acknowledged order that the user still wants. */
  order: string | null;
  /** The version of the profile that this user wrote last. */
  version: number;
}

type Wish = Pick<FakeCall, "kind" | "object" | "key" | "value"> & { readonly name: string; readonly recorded: boolean };

/** About four seconds of retries, which outlast a quick failover. */
const ATTEMPTS_MAX = 12;
const RETRY_MS: Spread = [250, 450];
const PRICES = 12;

export class FakeUsers {
  readonly #parts: UsersParts;
  #alive = 0;
  #intended = 0;
  #running = false;

  constructor(parts: UsersParts) {
    this.#parts = parts;
  }

  get count(): { alive: number; intended: number } {
    return { alive: this.#alive, intended: this.#intended };
  }

  /** Starts the users at slightly different times. */
  begin(count: number): void {
    this.#running = true;
    this.#intended = count;
    for (let index = 0; index < count; index++) {
      const connection = { kept: true, replica: null };
      const person = { name: `${this.#parts.worker}/u${index}`, connection, sequence: 0, order: null, version: 0 };
      this.#alive++;
      this.#parts.agenda.after(evenly(this.#parts.random, this.#parts.thinkMs), () => this.#iterate(person));
    }
  }

  end(): void {
    this.#running = false;
    this.#intended = 0;
  }

  #iterate(person: Person): void {
    if (!this.#running) {
      this.#alive--;
      return;
    }
    const next = () =>
      this.#parts.agenda.after(evenly(this.#parts.random, this.#parts.thinkMs), () => this.#iterate(person));
    const wish = this.#wish(person);
    if (this.#parts.stalled() || (this.#parts.quiet() && wish.kind !== "browse")) {
      next();
      return;
    }
    const id = `${this.#parts.runId}/${person.name}/${person.sequence++}`;
    this.#attempt(person, { ...wish, id }, 1, next);
  }

  #attempt(person: Person, wish: Wish & { readonly id: string }, attempt: number, next: () => void): void {
    const { agenda, random, sender, meter, inside } = this.#parts;
    const { name, recorded, ...rest } = wish;
    const call: FakeCall = { ...rest, connection: person.connection, inside };
    const record = recorded ? "history" : null;
    const request = {
      call,
      process: person.name,
      attempt,
      input: inputOf(call),
      intendedAtMs: agenda.nowMs,
      record,
      meter,
      name,
    } as const;
    sender.send(request, (outcome) => {
      if (call.object === "orders") person.order = call.kind === "add" && outcome.type === "ok" ? call.id : null;
      if (inside !== null || !retries(call, outcome, attempt)) return next();
      agenda.after(evenly(random, RETRY_MS), () => this.#attempt(person, wish, attempt + 1, next));
    });
  }

  #wish(person: Person): Wish {
    const { random } = this.#parts;
    const dice = random.float();
    if (dice < 0.02 && person.order !== null)
      return {
        kind: "remove",
        object: "orders",
        key: person.order,
        value: null,
        name: "DELETE /orders",
        recorded: true,
      };
    if (dice < 0.35)
      return { kind: "add", object: "orders", key: "", value: soldOut(random), name: "POST /orders", recorded: true };
    if (dice < 0.5)
      return { kind: "increment", object: "sold", key: "sold", value: 1, name: "POST /sold", recorded: true };
    if (dice < 0.6)
      return { kind: "add", object: SESSIONS, key: "", value: person.sequence, name: "POST /sessions", recorded: true };
    if (dice < 0.7) return this.#priceWish(random);
    if (dice < 0.8) return this.#profileWish(person, random);
    return { kind: "browse", object: "catalogue", key: "", value: null, name: "GET /catalogue", recorded: false };
  }

  #priceWish(random: Random): Wish {
    const key = `ring-${random.int(PRICES)}`;
    const write = random.float() < 0.5;
    const value = write ? random.int(1_000_000) : null;
    return {
      kind: write ? "write" : "read",
      object: "prices",
      key,
      value,
      name: `${write ? "PUT" : "GET"} /prices`,
      recorded: true,
    };
  }

  /** Returns a request for the user's own profile: written with growing versions, read back in the same session. */
  #profileWish(person: Person, random: Random): Wish {
    const write = random.float() < 0.5;
    if (write) person.version++;
    const value = write ? person.version : null;
    return {
      kind: write ? "write" : "read",
      object: "profiles",
      key: person.name,
      value,
      name: `${write ? "PUT" : "GET"} /profiles`,
      recorded: true,
    };
  }
}

/** One order in fifty is for an item that is sold out: the app reports that (422), and nothing is stored. */
function soldOut(random: Random): Json {
  return random.float() < 0.02 ? "sold-out" : "ring";
}

function inputOf(call: FakeCall): Json {
  if (call.kind === "add") return { id: call.id };
  if (call.kind === "remove") return { id: call.key };
  return call.value;
}

/** Returns whether to retry. Orders are retried under their own id, as careful clients do. */
function retries(call: FakeCall, outcome: Outcome, attempt: number): boolean {
  return isWrite(call) && call.object === "orders" && outcome.type === "unknown" && attempt < ATTEMPTS_MAX;
}
