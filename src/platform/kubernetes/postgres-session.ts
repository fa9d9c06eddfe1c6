/** A session with one PostgreSQL in a pod, through a port-forward. */
import type pg from "pg";
import { withSession } from "../session.ts";
import type { PostgresConfig } from "./config.ts";
import type { Doors } from "./doors.ts";
import type { PodObject } from "./objects.ts";

const CONNECT_MS = 5_000;
/** `invalid_authorization_specification`: how a server without a `host` line for us in pg_hba.conf answers. */
const NOT_LET_IN = "28000";

/**
 * Connects without TLS, and over TLS to a server that demands it, as several operators configure it. The certificate is not
 * verified: the API server and the kubelet have already made sure that the connection leads to this pod.
 */
export async function withPostgres<T>(
  doors: Doors,
  { pod, config }: { readonly pod: PodObject; readonly config: PostgresConfig },
  signal: AbortSignal,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { user, password, database } = config;
  const options = {
    host: "127.0.0.1",
    port: await doors.port(pod, config.port),
    database,
    connectionTimeoutMillis: CONNECT_MS,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  };
  try {
    return await withSession(options, signal, work);
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code !== NOT_LET_IN) throw thrown;
    return await withSession({ ...options, ssl: { rejectUnauthorized: false } }, signal, work);
  }
}
