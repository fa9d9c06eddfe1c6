/** One PostgreSQL connection that runs one statement at a time; each statement is one transaction of its own. */
import { Socket } from "node:net";
import pg from "pg";
import { Unavailable } from "../errors.ts";

export type Value = string | number | boolean | null | readonly (string | number)[];
export type Row = Readonly<Record<string, unknown>>;

/** Statements are prepared once per connection, under their name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Connection {
  run(statement: Statement, values: readonly Value[]): Promise<Row[]>;
  close(): void;
  /** Called once, when the connection is of no use any more, whoever ended it. */
  onEnd(listener: () => void): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly connectMs: number;
  readonly statementMs: number;
}

/** Opens a connection, or throws within `connectMs`. The address is looked up anew each time. */
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
    if (notice.severity === "WARNING") warning = notice.message ?? "a warning without words";
  });
  return {
    run: async (statement, values) => {
      warning = null;
      const result = await client.query<Row>({ ...statement, values: [...values] });
      if (warning !== null) throw warned(warning);
      return result.rows;
    },
    close: () => {
      client.end().catch(() => undefined); // it is being thrown away: how it goes is of no interest
      socket.destroySoon(); // a peer that vanished never says goodbye
    },
    onEnd: (listener) => void ended.then(listener),
  };
}

/** An error on an idle connection is followed by its end, which is all that the pool needs to know. */
function endOf(client: pg.Client): Promise<void> {
  return new Promise((resolve) => {
    client.on("error", () => resolve());
    client.on("end", () => resolve());
  });
}

/**
 * PostgreSQL answers "done, but I stopped waiting for the standby" with success and a warning. That is committed here
 * and perhaps nowhere else, so it must not be acknowledged.
 */
function warned(warning: string): Unavailable {
  return new Unavailable("not-replicated", `the database warned: ${warning}`);
}

/** SQLSTATEs after which the connection, and probably its neighbours, lead to a server that is no use for writes. */
const LOST = new Set(["25006", "57P01", "57P02", "57P03", "57P05", "53300"]);

/** True for errors of the connection or the server's state, false for errors of the statement. */
export function isConnectionLoss(thrown: unknown): boolean {
  if (thrown instanceof Unavailable || thrown instanceof TypeError || thrown instanceof RangeError) return false;
  const code = (thrown as { code?: unknown }).code;
  if (typeof code !== "string") return true; // pg's own "Connection terminated" carries no code
  return LOST.has(code) || code.startsWith("08") || !/^[0-9A-Z]{5}$/.test(code) || code === "EPIPE";
}

/** Cancelled (by its own timeout too), a lock not had in time, a deadlock, a serialization failure. */
const PASSING = new Set(["57014", "55P03", "40P01", "40001"]);

/** True when the same statement may well work a moment later on the same connection; class 53: out of disk, memory ... */
export function isPassing(thrown: unknown): boolean {
  const { code } = thrown as { code?: unknown };
  return typeof code === "string" && (PASSING.has(code) || code.startsWith("53"));
}
