/** Who leads, asked of PostgreSQL itself: a member that is not in recovery takes writes. */
import { askRows, withSession } from "../session.ts";
import type { PostgresConfig } from "./config.ts";
import { type Doors, quietly } from "./doors.ts";
import type { PodObject } from "./objects.ts";

const ANSWER_MS = 5_000;

/** What each member says of itself: "leads", "follows", or "silent" when it did not answer or refused the login. */
export type SqlState = "leads" | "follows" | "silent";

/** Asks every member at the same time. Never throws. */
export function askMembersBySql(
  doors: Doors,
  config: PostgresConfig,
  pods: readonly PodObject[],
  signal: AbortSignal,
): Promise<SqlState[]> {
  return Promise.all(
    pods.map(async (pod) => {
      const inRecovery = await quietly(() => isInRecovery(doors, config, pod, signal));
      if (inRecovery === undefined) return "silent";
      return inRecovery ? "follows" : "leads";
    }),
  );
}

async function isInRecovery(doors: Doors, config: PostgresConfig, pod: PodObject, signal: AbortSignal) {
  const both = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const { user, password, database } = config;
  const options = {
    host: "127.0.0.1",
    port: await doors.port(pod, config.port),
    database,
    connectionTimeoutMillis: ANSWER_MS,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  };
  return await withSession(options, both, async (client) => {
    const { rows } = await askRows(client, "select pg_is_in_recovery()", []);
    return rows[0]?.[0] === true;
  });
}
