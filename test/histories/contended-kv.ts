/**
 * Generates a seeded kv history like those of the sharded store in MIT's 6.824 labs, the origin of porcupine's kv logs: many
 * clients work on few keys, half of the calls append a text that names the client and a number, and the turns are distributed so
 * unevenly that some calls stay open during hundreds of others. A stale get returns what the key held before the get's call, and
 * at no time during it.
 */
import type { Operation } from "../../src/history.ts";
import type { Random } from "../../src/std/random.ts";

export interface ContendedShape {
  readonly clients: number;
  readonly keys: number;
  /** The number of calls; each has two events. */
  readonly operations: number;
  /** How many gets are stale; all are in the second half. */
  readonly stale: number;
}

interface Call {
  readonly client: number;
  readonly kind: "get" | "put" | "append";
  readonly key: string;
  readonly input: string | null;
  readonly invokedAtMs: number;
  answer?: string | null;
}

export function contendedKv(shape: ContendedShape, random: Random): Operation[] {
  return new Store(shape, random).run();
}

class Store {
  readonly #shape: ContendedShape;
  readonly #random: Random;
  /** The values that each key held, and since when. */
  readonly #versions = new Map<string, { readonly text: string; readonly sinceMs: number }[]>();
  readonly #open = new Map<number, Call>();
  readonly #sent: number[];
  readonly #done: Operation[] = [];
  #begun = 0;
  #staleLeft: number;

  constructor(shape: ContendedShape, random: Random) {
    this.#shape = shape;
    this.#random = random;
    this.#sent = new Array<number>(shape.clients).fill(0);
    this.#staleLeft = shape.stale;
  }

  run(): Operation[] {
    const { clients, operations } = this.#shape;
    for (let nowMs = 0; this.#done.length < operations; nowMs++) {
      // A high power gives most turns to a few clients. A call takes three turns: one to be made, one to take effect, one to
      // return.
      const client = nowMs < clients ? nowMs : Math.floor(clients * this.#random.float() ** 7);
      const call = this.#open.get(client);
      if (call === undefined) this.#begin(client, nowMs);
      else if (call.answer === undefined) call.answer = this.#apply(call, nowMs);
      else this.#finish(call, nowMs);
    }
    return this.#done.sort((a, b) => a.invokedAtMs - b.invokedAtMs);
  }

  #begin(client: number, nowMs: number): void {
    if (this.#begun >= this.#shape.operations) return;
    const kind = this.#random.pick(["get", "get", "get", "append", "append", "append", "append", "put"] as const);
    const key = String(this.#random.int(this.#shape.keys));
    const input = kind === "get" ? null : `x ${client} ${this.#sent[client]} y`;
    this.#begun += 1;
    this.#sent[client] = (this.#sent[client] ?? 0) + 1;
    this.#open.set(client, { client, kind, key, input, invokedAtMs: nowMs });
  }

  #apply({ kind, key, input }: Call, nowMs: number): string | null {
    const versions = this.#versions.get(key) ?? [{ text: "", sinceMs: -1 }];
    const now = versions.at(-1)?.text ?? "";
    if (kind === "get") return now;
    versions.push({ text: kind === "put" ? `${input}` : `${now}${input}`, sinceMs: nowMs });
    this.#versions.set(key, versions);
    return null;
  }

  #finish(call: Call, nowMs: number): void {
    const older = this.#done.length > this.#shape.operations / 2 ? this.#staleAnswer(call) : undefined;
    if (older !== undefined) this.#staleLeft -= 1;
    this.#open.delete(call.client);
    this.#done.push({
      id: `o${this.#done.length}`,
      process: `p${call.client}`,
      object: "object",
      kind: call.kind,
      key: call.key,
      input: call.input,
      attempt: 1,
      outcome: { type: "ok", output: older ?? call.answer ?? null },
      intendedAtMs: call.invokedAtMs,
      invokedAtMs: call.invokedAtMs,
      completedAtMs: nowMs,
    });
  }

  /** Returns the version before the one that was current when the get was called. */
  #staleAnswer({ kind, key, invokedAtMs }: Call): string | undefined {
    if (kind !== "get" || this.#staleLeft === 0) return undefined;
    const before = (this.#versions.get(key) ?? []).filter(({ sinceMs }) => sinceMs < invokedAtMs);
    return before.at(-2)?.text;
  }
}
