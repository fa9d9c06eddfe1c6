/** What one member says of itself: PostgreSQL by SQL, Redis by ROLE, anything else by its health URL. */
import { Redis } from "ioredis";
import type pg from "pg";
import { withDeadline } from "../../std/deadline.ts";
import { messageOf } from "../../std/errors.ts";
import { withSession } from "../session.ts";
import type { MemberConfig } from "./config.ts";

const LOOK_MS_MAX = 3_000;

export interface MemberState {
  readonly healthy: boolean;
  readonly leader: boolean;
  /** "leader", "standby", "well", "not asked", or "unreachable". */
  readonly is: string;
  /** In words: what it answered, or why it did not. */
  readonly seen: string;
}

/** Asks one member. Never throws but when aborted: a member that does not answer is a state too. */
export async function look(member: MemberConfig, signal: AbortSignal): Promise<MemberState> {
  try {
    return await withDeadline({ what: `an answer of ${member.name}`, deadlineMs: LOOK_MS_MAX, signal }, (inner) =>
      ask(member, inner),
    );
  } catch (thrown) {
    signal.throwIfAborted();
    return { healthy: false, leader: false, is: "unreachable", seen: messageOf(thrown) };
  }
}

async function ask(member: MemberConfig, signal: AbortSignal): Promise<MemberState> {
  if (member.url?.startsWith("postgres")) return await askPostgres(member.url, signal);
  if (member.url !== undefined) return await askRedis(member.url, signal);
  if (member.health !== undefined) return await askHttp(member.health, signal);
  return { healthy: true, leader: false, is: "not asked", seen: "it has neither url nor health" };
}

async function askPostgres(url: string, signal: AbortSignal): Promise<MemberState> {
  return await onPostgres(url, signal, async (client) => {
    const { rows } = await client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby");
    const leader = rows[0]?.standby === false;
    return { healthy: true, leader, is: leader ? "leader" : "standby", seen: `pg_is_in_recovery() = ${!leader}` };
  });
}

/** Runs the work on a session of its own with that very member. */
export async function onPostgres<T>(url: string, signal: AbortSignal, work: (client: pg.Client) => Promise<T>) {
  const options = { connectionString: url, connectionTimeoutMillis: LOOK_MS_MAX, application_name: "gameday" };
  return await withSession(options, signal, work);
}

async function askRedis(url: string, signal: AbortSignal): Promise<MemberState> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: LOOK_MS_MAX,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
  });
  redis.on("error", () => undefined); // the command in flight tells
  const abort = () => redis.disconnect();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await redis.connect();
    const [role] = (await redis.call("ROLE")) as [unknown];
    const leader = role === "master";
    return { healthy: true, leader, is: leader ? "leader" : "standby", seen: `ROLE = ${String(role)}` };
  } finally {
    signal.removeEventListener("abort", abort);
    redis.disconnect();
  }
}

/** 2xx is well. */
async function askHttp(url: string, signal: AbortSignal): Promise<MemberState> {
  const response = await fetch(url, { signal, redirect: "manual" });
  await response.body?.cancel();
  const healthy = response.ok;
  return { healthy, leader: false, is: healthy ? "well" : "not well", seen: `status ${response.status}` };
}
