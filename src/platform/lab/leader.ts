/** SQL on the current PostgreSQL leader, over its own unix socket: no proxy, no network, so that a cut hides nothing. */
import pg from "pg";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import { until } from "../../std/wait.ts";
import { diskOf, type NodeName, PORT } from "./addresses.ts";
import type { Observer } from "./observe.ts";
import type { Space } from "./space.ts";

interface Source {
  readonly space: Space;
  readonly observer: Observer;
}

const STATEMENT_MS = 60_000;

/** Runs the work on a session of the leader, as the superuser. Waits for a leader that takes writes. */
export async function runOnLeader<T>(
  source: Source,
  database: string,
  signal: AbortSignal,
  work: (client: pg.Client, node: NodeName) => Promise<T>,
): Promise<T> {
  const { client, node } = await until(() => openLeader(source, database, signal), {
    what: "a PostgreSQL leader that takes writes",
    deadlineMs: 30_000,
    signal,
  });
  const abort = () => void client.end();
  signal.addEventListener("abort", abort);
  try {
    return await work(client, node);
  } finally {
    signal.removeEventListener("abort", abort);
    await client.end();
  }
}

/** One read-only statement on the leader, in the app's database. */
export async function queryLeader(
  source: Source,
  statement: string,
  parameters: readonly Json[],
  signal: AbortSignal,
): Promise<{ rows: Json[][]; source: string }> {
  return runOnLeader(source, "app", signal, async (client, node) => {
    await client.query("begin read only");
    try {
      const { rows } = await client.query<unknown[]>({ text: statement, values: [...parameters], rowMode: "array" });
      return { rows: rows.map((row) => row.map(toJson)), source: `postgres/${node} (leader), directly` };
    } catch (cause) {
      throw statementFailed(statement, cause);
    }
  });
}

async function openLeader({ space, observer }: Source, database: string, signal: AbortSignal) {
  const node = await observer.postgresLeader(signal);
  if (node === undefined) return undefined;
  const client = new pg.Client({
    host: space.path(`${diskOf(node)}/postgres`),
    port: PORT.postgres,
    user: "postgres",
    database,
    connectionTimeoutMillis: 2_000,
    statement_timeout: STATEMENT_MS,
  });
  client.on("error", () => undefined); // a leader that dies under us: the statement in flight tells
  await client.connect();
  const { rows } = await client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby");
  if (rows[0]?.standby === false) return { client, node };
  await client.end();
  return undefined;
}

function toJson(value: unknown): Json {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString("hex");
  return (value ?? null) as Json;
}

function statementFailed(statement: string, cause: unknown): GamedayError {
  return new GamedayError({
    code: "lab-statement-failed",
    expected: `PostgreSQL's leader to answer "${statement.slice(0, 200)}"`,
    got: cause instanceof Error ? cause.message : String(cause),
    exitCode: ExitCode.notReady,
    cause,
  });
}
