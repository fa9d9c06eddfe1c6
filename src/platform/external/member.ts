/** The state that one member reports: PostgreSQL through SQL, Redis through ROLE, anything else through its health URL. */
import { Redis } from "ioredis";
import type pg from "pg";
import { askStatus, describeStatus } from "../../std/ask-status.ts";
import { withDeadline } from "../../std/deadline.ts";
import { withSession } from "../session.ts";
import type { MemberConfig } from "./config.ts";
import { waysToConnect } from "./postgres-url.ts";
import { redisOptions } from "./redis-url.ts";
import { type LookStage, whyNotWell } from "./trouble.ts";

const LOOK_MS_MAX = 3_000;

export interface MemberState {
  readonly healthy: boolean;
  readonly leader: boolean;
  /** "leader", "standby", "sentinel", "well", "not well", "not asked", or "unreachable". */
  readonly is: string;
  /** A description of what the member answered, or of why it did not answer. */
  readonly seen: string;
  /** The standbys of PostgreSQL's leader, as it reports them. */
  readonly standbys?: Standbys;
}

/** What a leader of PostgreSQL reports about its standbys. */
export interface Standbys {
  /** Whether it waits for a standby before it acknowledges a commit (synchronous_standby_names is not empty). */
  readonly demanded: boolean;
  /** How many streaming standbys it counts as synchronous. */
  readonly synchronous: number;
  /** How many standbys it does not describe to this user, who lacks the role pg_monitor. */
  readonly hidden: number;
}

/** Checks one member. Throws only when aborted: a member that does not answer has a state too. */
export async function look(member: MemberConfig, signal: AbortSignal, deadlineMs = LOOK_MS_MAX): Promise<MemberState> {
  const stage: LookStage = { waitsFor: "answer" };
  try {
    return await withDeadline({ what: `an answer of ${member.name}`, deadlineMs, signal }, (inner) =>
      ask(member, stage, inner),
    );
  } catch (thrown) {
    signal.throwIfAborted();
    return { healthy: false, leader: false, is: "unreachable", seen: whyNotWell(thrown, stage, deadlineMs) };
  }
}

async function ask(member: MemberConfig, stage: LookStage, signal: AbortSignal): Promise<MemberState> {
  if (member.url?.startsWith("postgres")) return await askPostgres(member.url, signal);
  if (member.url !== undefined) return await askRedis(member.url, stage, signal);
  if (member.health !== undefined) return await askHttp(member.health, stage, signal);
  return { healthy: true, leader: false, is: "not checked", seen: "it has neither url nor health" };
}

async function askPostgres(url: string, signal: AbortSignal): Promise<MemberState> {
  return await onPostgres(url, signal, async (client) => {
    const { rows } = await client.query<Standbys & { readonly standby: boolean }>(STATE_SQL);
    const { standby = true, ...standbys } = rows[0] ?? {};
    const seen = `pg_is_in_recovery() = ${standby}`;
    if (standby) return { healthy: true, leader: false, is: "standby", seen };
    return { healthy: true, leader: true, is: "leader", seen, standbys: standbys as Standbys };
  });
}

const STATE_SQL = `
  select pg_is_in_recovery() as standby,
    current_setting('synchronous_standby_names') <> '' as demanded,
    (select count(*)::int from pg_stat_replication
      where state = 'streaming' and sync_state in ('sync', 'quorum')) as synchronous,
    (select count(*)::int from pg_stat_replication where sync_state is null) as hidden`;

/**
 * Runs the work on its own session with exactly this member. Where the URL allows several ways to connect, a way that fails to
 * connect is followed by the next; the work is never done twice.
 */
export async function onPostgres<T>(
  url: string,
  signal: AbortSignal,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const common = { connectionTimeoutMillis: LOOK_MS_MAX, application_name: "gameday" };
  const ways = waysToConnect(url);
  let refusal: unknown;
  for (const way of ways) {
    let isConnected = false;
    const begin = (client: pg.Client) => {
      isConnected = true;
      return work(client);
    };
    try {
      return await withSession({ ...common, ...way }, signal, begin);
    } catch (thrown) {
      if (isConnected || signal.aborted || isOfNetwork(thrown)) throw thrown;
      // "no TLS here" has no code; the error of the other way to connect is then the reason.
      refusal = codeOf(refusal) === undefined ? thrown : refusal;
    }
  }
  throw refusal;
}

/** Returns true for network errors, where another way to connect would not reach the member either. */
function isOfNetwork(thrown: unknown): boolean {
  return ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "EAI_AGAIN", "ENOENT"].includes(
    codeOf(thrown) ?? "",
  );
}

function codeOf(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** A Sentinel has its own ROLE, and leads nothing. */
const REDIS_IS: Readonly<Record<string, string>> = { master: "leader", sentinel: "sentinel" };

async function askRedis(url: string, stage: LookStage, signal: AbortSignal): Promise<MemberState> {
  const redis = new Redis({
    ...redisOptions(url),
    lazyConnect: true,
    connectTimeout: LOOK_MS_MAX,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
  });
  stage.waitsFor = url.startsWith("rediss") ? "TLS connection" : "connection";
  redis.on("connect", () => {
    stage.waitsFor = "answer";
  });
  // The command in flight fails only with a closed connection; this event has the reason (a password, a refused connection).
  let trouble: unknown;
  redis.on("error", (thrown) => {
    trouble ??= thrown;
  });
  const abort = () => redis.disconnect();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await redis.connect();
    const [role] = (await redis.call("ROLE")) as [unknown];
    const is = REDIS_IS[String(role)] ?? "standby";
    return { healthy: true, leader: is === "leader", is, seen: `ROLE = ${String(role)}` };
  } catch (thrown) {
    throw trouble ?? thrown;
  } finally {
    signal.removeEventListener("abort", abort);
    redis.disconnect();
  }
}

/** Checks a health URL; a 2xx status is healthy. */
async function askHttp(url: string, stage: LookStage, signal: AbortSignal): Promise<MemberState> {
  const onStage = (now: string) => {
    stage.waitsFor = now;
  };
  const answer = await askStatus(new URL(url), { signal, onStage });
  const healthy = answer.status >= 200 && answer.status <= 299;
  return { healthy, leader: false, is: healthy ? "well" : "unhealthy", seen: describeStatus(answer) };
}
