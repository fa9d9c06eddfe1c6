/** Queries to the leaders of the databases through a port-forward, for the ledger only. */
import type { Queries, SqlAnswer } from "../../platform.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import { askRows } from "../session.ts";
import { lookAt, type Parts } from "./parts.ts";
import { runningLeader } from "./patroni.ts";
import { withPostgres } from "./postgres-session.ts";
import { loginOf } from "./redis.ts";

export function queriesOf(parts: Parts): Queries {
  return {
    sql: (statement, parameters, signal) => askLeader(parts, { statement, parameters }, signal),
    redis: (command, signal) => askMaster(parts, command, signal),
  };
}

async function askLeader(
  parts: Parts,
  { statement, parameters }: { statement: string; parameters: readonly Json[] },
  signal: AbortSignal,
): Promise<SqlAnswer> {
  const { postgres: config } = parts.config;
  const seen = await lookAt(parts, signal);
  const leader = runningLeader(seen.postgres?.members ?? []);
  const pod = seen.pods["postgres"]?.find(({ metadata }) => metadata.name === leader);
  if (config === undefined || pod === undefined) throw noLeader("PostgreSQL");
  return await withPostgres(parts.doors, { pod, config }, signal, async (client) => {
    await client.query("begin read only");
    return { ...(await askRows(client, statement, parameters)), source: `postgres/${leader} (leader), directly` };
  });
}

async function askMaster(
  parts: Parts,
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ value: Json; source: string }> {
  const { redis: config } = parts.config;
  const seen = await lookAt(parts, signal);
  const pod = seen.pods["redis"]?.find(({ metadata }) => metadata.name === seen.redis?.master);
  if (config === undefined || pod === undefined) throw noLeader("Redis");
  const value = await parts.doors.redis({ pod, port: config.port, login: loginOf(config) }, command, signal);
  return { value: value as Json, source: `redis/${pod.metadata.name} (master), directly` };
}

function noLeader(what: string): GamedayError {
  return new GamedayError({
    code: "kubernetes-no-leader",
    expected: `a leader of ${what} that says so of itself`,
    got: "none",
    exitCode: ExitCode.notReady,
  });
}
