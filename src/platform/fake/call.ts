/** What a client asks of the fake's app, and what it is told. */
import type { Json } from "../../std/json.ts";
import type { Connection } from "./fleet.ts";

export interface Call {
  /** browse: a page that needs no store. read: the value of a key. The others are writes; remove takes the id `key` away. */
  readonly kind: "browse" | "read" | "add" | "remove" | "increment" | "write";
  readonly object: string;
  readonly id: string;
  readonly key: string;
  readonly value: Json;
  readonly connection: Connection;
  /** Name of the node that the client is inside of; null: outside, as users are. */
  readonly inside: string | null;
}

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** Called once, when the whole answer is there. */
export type Answered = (answer: Answer) => void;

export const SESSIONS = "sessions";

export function isWrite(call: Call): boolean {
  return call.kind !== "browse" && call.kind !== "read";
}
