import type { Operation } from "../../history.ts";
import type { Clock } from "../../std/clock.ts";
import type { SessionSettings } from "../http/session.ts";
import type { Alarms } from "../time/alarms.ts";

/** What all users of a worker share. */
export interface UserWorld {
  readonly worker: string;
  readonly runId: string;
  readonly seed: string;
  readonly clock: Clock;
  readonly alarms: Alarms;
  readonly session: SessionSettings;
  /** True when the users' `http` speaks HTTP/2. */
  readonly http2: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** Returns a number that this worker has never returned before. */
  nextSequence(): number;
  onOperation(operation: Operation): void;
  onNote(key: string, says: string): void;
}

/** Something that ends with the user that opened it. */
export interface Closable {
  close(): void;
}
