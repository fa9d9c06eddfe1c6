/** The requests of a client to the fake's app, and the app's answers. */
import type { Json } from "../../std/json.ts";
import type { FakeConnection } from "./fleet.ts";

export interface FakeCall {
  /** browse: a page that needs no store. read: the value of a key. The others are writes; remove deletes the id `key`. */
  readonly kind: "browse" | "read" | "add" | "remove" | "increment" | "write";
  readonly object: string;
  readonly id: string;
  readonly key: string;
  readonly value: Json;
  readonly connection: FakeConnection;
  /** The name of the node that the client is inside of; null: outside, like users. */
  readonly inside: string | null;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body: Json;
}

/** Called once, when the whole answer has arrived. */
export type Answered = (answer: FakeAnswer) => void;

export const SESSIONS = "sessions";

export function isWrite(call: FakeCall): boolean {
  return call.kind !== "browse" && call.kind !== "read";
}
