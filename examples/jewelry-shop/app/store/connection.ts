/** One PostgreSQL connection, which runs one statement at a time. Each statement is a transaction of its own. */
import { Socket } from "node:net";
import pg from "pg";
import { Unavailable } from "../errors.ts";

export type Value = string | number | boolean | null | readonly (string | number)[];
export type Row = Readonly<Record<string, unknown>>;

/** A statement, prepared once per connection under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Connection {
  run(statement: Statement, values: readonly Value[]): Promise<Row[]>;
  close(): void;
  /** Calls the listener once when the connection can no longer be used, no matter which side ended it. */
  onEnd(listener: () => void): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly connectMs: number;
  readonly statementMs: number;
}

/** Opens a connection, or throws within `connectMs`. The address is resolved anew each time. */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const socket = new Socket();
  const client = new pg.Client({
    stream: () => socket,
    connectionString: options.url,
    connectionTimeoutMillis: options.connectMs,
    statement_timeout: options.statementMs,
    idle_in_transaction_session_timeout: options.statementMs,
    keepAlive: true,
    application_name: "jewelry-shop",
  });
  const ended = endOf(client);
  await client.connect();
  let warning: string | null = null;
  client.on("notice", (notice) => {
    if (notice.severity === "WARNING") warning = notice.message ?? "a warning without a message";
  });
  return {
    run: async (statement, values) => {
      warning = null;
      const result = await client.query<Row>({ ...statement, values: [...values] });
      if (warning !== null) throw warned(warning);
      return result.rows;
    },
    close: () => {
      client.end().catch(() => undefined); // The connection is discarded, so the outcome does not matter.
      socket.destroySoon(); // A peer that vanished never closes its side.
    },
    onEnd: (listener) => void ended.then(listener),
  };
}

/**
 * Resolves when the connection has ended. An error on an idle connection precedes its end, and the pool needs to know no more.
 */
function endOf(client: pg.Client): Promise<void> {
  return new Promise((resolve) => {
    client.on("error", () => resolve());
    client.on("end", () => resolve());
  });
}

/**
 * Returns the error for a commit that PostgreSQL reports as a success with a warning, because it stopped waiting for the standby.
 * Such a write is committed here and perhaps nowhere else, so it must not be acknowledged.
 */
function warned(warning: string): Unavailable {
  return new Unavailable("not-replicated", `the database warned: ${warning}`);
}

/** SQLSTATEs after which this connection, and probably the others, lead to a server that cannot take writes. */
const LOST = new Set(["25006", "57P01", "57P02", "57P03", "57P05", "53300"]);

/** Returns true for errors of the connection or of the server's state, and false for errors of the statement. */
export function isConnectionLoss(thrown: unknown): boolean {
  if (thrown instanceof Unavailable || thrown instanceof TypeError || thrown instanceof RangeError) return false;
  const code = (thrown as { code?: unknown }).code;
  if (typeof code !== "string") return true; // pg's own "Connection terminated" carries no code
  return LOST.has(code) || code.startsWith("08") || !/^[0-9A-Z]{5}$/.test(code) || code === "EPIPE";
}

/** Cancelled (also by its own timeout), a lock not acquired in time, a deadlock, a serialization failure. */
const PASSING = new Set(["57014", "55P03", "40P01", "40001"]);

/**
 * Returns true when the same statement may well succeed a moment later on the same connection. Class 53: out of disk, memory ...
 */
export function isPassing(thrown: unknown): boolean {
  const { code } = thrown as { code?: unknown };
  return typeof code === "string" && (PASSING.has(code) || code.startsWith("53"));
}
