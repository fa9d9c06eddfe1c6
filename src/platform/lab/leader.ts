/** SQL on the current PostgreSQL leader over its own unix socket: no proxy and no network, so that a cut hides nothing. */
import type pg from "pg";
import type { SqlAnswer } from "../../platform.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import { until } from "../../std/wait.ts";
import { askRows, withSession } from "../session.ts";
import { diskOf, type NodeName, PORT } from "./addresses.ts";
import type { Observer } from "./observe.ts";
import type { Space } from "./space.ts";

interface Source {
  readonly space: Space;
  readonly observer: Observer;
}

const STATEMENT_MS = 60_000;

/** Runs the work on a session of the leader, as the superuser. Waits for a leader that accepts writes. */
export async function runOnLeader<T>(
  source: Source,
  database: string,
  signal: AbortSignal,
  work: (client: pg.Client, node: NodeName) => Promise<T>,
): Promise<T> {
  const done = await until(() => tryOnLeader(source, database, signal, work), {
    what: "a PostgreSQL leader that takes writes",
    deadlineMs: 30_000,
    signal,
  });
  return done();
}

/** Runs one read-only statement on the leader, in the app's database. */
export async function queryLeader(
  source: Source,
  statement: string,
  parameters: readonly Json[],
  signal: AbortSignal,
): Promise<SqlAnswer> {
  return runOnLeader(source, "app", signal, async (client, node) => {
    await client.query("begin read only");
    try {
      return { ...(await askRows(client, statement, parameters)), source: `postgres/${node} (leader), directly` };
    } catch (cause) {
      throw statementFailed(statement, cause);
    }
  });
}

/**
 * Returns the outcome of the work, which is never done twice; undefined when there is no leader now, or it has just become a
 * standby.
 */
async function tryOnLeader<T>(
  { space, observer }: Source,
  database: string,
  signal: AbortSignal,
  work: (client: pg.Client, node: NodeName) => Promise<T>,
): Promise<(() => T) | undefined> {
  const node = await observer.postgresLeader(signal);
  if (node === undefined) return undefined;
  const server = { host: space.path(`${diskOf(node)}/postgres`), port: PORT.postgres, user: "postgres", database };
  const limits = { connectionTimeoutMillis: 2_000, statement_timeout: STATEMENT_MS };
  return withSession({ ...server, ...limits }, signal, async (client) => {
    const { rows } = await client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby");
    if (rows[0]?.standby !== false) return undefined;
    return work(client, node).then(
      (value) => () => value,
      (thrown: unknown) => () => {
        throw thrown;
      },
    );
  });
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
