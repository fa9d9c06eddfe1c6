/** Finds the leaders of the databases that discovery found, by querying the members themselves; a label is never believed. */
import type { PostgresConfig, RedisConfig } from "../../platform/kubernetes/config.ts";
import { type DiscoveryNotes, listed } from "../../platform/kubernetes/discover/recorded.ts";
import type { SentinelsFound } from "../../platform/kubernetes/discover/sentinels.ts";
import type { Store } from "../../platform/kubernetes/discover/stores.ts";
import { type Doors, quietly } from "../../platform/kubernetes/doors.ts";
import { lookAtPatroni, type PostgresLook, runningLeader } from "../../platform/kubernetes/patroni.ts";
import { loginOf, lookAtRedis, type RedisLook } from "../../platform/kubernetes/redis.ts";
import { lookAtSql } from "../../platform/kubernetes/sql-leader.ts";

/** From the environment, by the names that psql and redis-cli use: PGUSER, PGPASSWORD, PGDATABASE, REDISCLI_AUTH. */
export interface DatabaseLogins {
  readonly postgres: { readonly user?: string; readonly password?: string; readonly database?: string };
  readonly redis: { readonly password?: string };
}

export function loginsFrom(env: Readonly<Record<string, string | undefined>>): DatabaseLogins {
  const given = <K extends string>(key: K, name: string) =>
    (env[name] ?? "") === "" ? {} : ({ [key]: env[name] } as Readonly<Partial<Record<K, string>>>);
  return {
    postgres: { ...given("user", "PGUSER"), ...given("password", "PGPASSWORD"), ...given("database", "PGDATABASE") },
    redis: given("password", "REDISCLI_AUTH"),
  };
}

/** Returns whether PostgreSQL can be asked by SQL. */
export function hasLogin({ postgres: { user, password } }: DatabaseLogins): boolean {
  return user !== undefined && password !== undefined;
}

export interface Asked extends DiscoveryNotes {
  /** The pod that leads and says so itself; null when none does. */
  readonly leader: string | null;
  /** The name of the master set that the Sentinels report; null without Sentinels. */
  readonly masterSet: string | null;
  /** Whether the Sentinels demand the password of Redis. */
  readonly sentinelLogin: boolean;
}

const NOBODY: Asked = { leader: null, masterSet: null, sentinelLogin: false, because: [], questions: [] };

export async function askPostgres(
  doors: Doors,
  store: Store,
  { postgres }: DatabaseLogins,
  signal: AbortSignal,
): Promise<Asked> {
  const config: PostgresConfig = {
    pods: store.labels,
    container: store.container,
    leader: store.operator.leader === "patroni" ? "patroni" : "sql",
    port: 5432,
    patroniPort: 8008,
    members: store.members.length,
    database: "postgres",
    ...postgres,
  };
  if (config.leader === "patroni") return sayPatroni(await lookAtPatroni(doors, config, store.members, signal));
  if (config.user === undefined || config.password === undefined) return notAsked(NO_LOGIN);
  return saySql(await lookAtSql(doors, config, store.members, signal));
}

const NO_LOGIN =
  "The leader was not determined, because PostgreSQL demands a login. Run this again with PGUSER and PGPASSWORD set, and compare.";

function sayPatroni({ members, synchronous }: PostgresLook): Asked {
  if (members.length === 0)
    return notAsked("No member answered Patroni's REST API on port 8008. Does it have another port, or demand TLS?");
  const leader = runningLeader(members);
  if (leader === undefined) return notAsked("No member confirms that it leads. Is a switchover in progress?");
  const confirmed = `${leader} led when this was written: Patroni's REST API of that pod confirms it (GET /primary).`;
  const mode =
    synchronous === true
      ? "Patroni keeps a synchronous standby."
      : "Patroni keeps no synchronous standby, so a dead leader may take acknowledged writes with it.";
  const questions = synchronous === null ? ["No member reported whether Patroni keeps a synchronous standby."] : [];
  return { ...NOBODY, leader, because: [confirmed, ...(synchronous === null ? [] : [mode])], questions };
}

function saySql({ members }: PostgresLook): Asked {
  if (members.length === 0) return notAsked("No member answered by SQL. Are PGUSER, PGPASSWORD and PGDATABASE right?");
  const writers = members.filter(({ role }) => role === "leader").map(({ pod }) => pod);
  const leader = runningLeader(members);
  if (leader === undefined)
    return notAsked(
      writers.length === 0
        ? "No member accepts writes. Is a failover in progress?"
        : `${listed(writers)} all accept writes on the same timeline. Is this one cluster?`,
    );
  const others = writers.filter((pod) => pod !== leader);
  return {
    ...NOBODY,
    leader,
    because: [
      `${leader} led when this was written: it reported by SQL that it accepts writes (pg_is_in_recovery() is false).`,
    ],
    questions:
      others.length === 0 ? [] : [`${listed(others)} accepts writes on an older timeline. Is this a split brain?`],
  };
}

export async function askRedis(
  doors: Doors,
  store: Store,
  { redis }: DatabaseLogins,
  signal: AbortSignal,
): Promise<Asked> {
  const { sentinels } = store;
  const sets = sentinels === null ? NO_SETS : await masterSets(doors, sentinels, redis, signal);
  const masterSet = sets.names[0] ?? sentinels?.master ?? null;
  const config: RedisConfig = {
    pods: store.labels,
    container: store.container,
    port: 6379,
    members: store.members.length,
    ...redis,
    ...(sentinels === null || masterSet === null ? {} : { sentinel: sentinelConfig(sentinels, masterSet, sets.login) }),
  };
  const pods = { members: store.members, sentinels: sentinels?.pods ?? [] };
  const asked = sayRedis(await lookAtRedis(doors, config, pods, signal), sentinels !== null);
  const several = `The Sentinels watch ${listed(sets.names)}. Which master set is this one?`;
  const questions = [...asked.questions, ...(sets.names.length > 1 ? [several] : [])];
  return { ...asked, masterSet, sentinelLogin: sets.login.password !== undefined, questions };
}

function sentinelConfig(found: SentinelsFound, master: string, login: DatabaseLogins["redis"]) {
  const { container, port, pods } = found;
  return { container, port, master, sentinels: pods.length, ...login };
}

interface MasterSets {
  readonly names: readonly string[];
  /** The login that the Sentinels accept; many demand none although Redis does. */
  readonly login: DatabaseLogins["redis"];
}

const NO_SETS: MasterSets = { names: [], login: {} };

/** Returns the master sets that the first Sentinel that answers watches. */
async function masterSets(
  doors: Doors,
  { pods, port }: SentinelsFound,
  given: DatabaseLogins["redis"],
  signal: AbortSignal,
): Promise<MasterSets> {
  for (const login of given.password === undefined ? [given] : [given, {}]) {
    for (const pod of pods) {
      const where = { pod, port, login: loginOf(login) };
      const answer = await quietly(() => doors.redis(where, ["SENTINEL", "MASTERS"], signal));
      const names = Array.isArray(answer) ? answer.flatMap(nameIn) : [];
      if (names.length > 0) return { names, login };
    }
  }
  return { names: [], login: given };
}

/** Returns the name in one master set's fields, which come as a flat list of keys and values. */
function nameIn(fields: unknown): string[] {
  if (!Array.isArray(fields)) return [];
  const at = fields.indexOf("name");
  return at < 0 || at % 2 === 1 ? [] : [String(fields[at + 1])];
}

function sayRedis({ members, sentinels, master }: RedisLook, hasSentinels: boolean): Asked {
  if (members.every(({ role }) => role === "silent"))
    return notAsked("No member answered. If Redis demands a password, run this again with REDISCLI_AUTH set.");
  if (hasSentinels && sentinels.every(({ flags }) => flags === "silent"))
    return notAsked("No Sentinel answered. Do they demand a password, or is the name of the master set another one?");
  const masters = members.filter(({ role }) => role === "master").map(({ pod }) => pod);
  if (master === undefined) return notAsked(whyNoMaster(masters));
  const by = hasSentinels ? "most Sentinels name it, and it reports role:master itself" : "only it reports role:master";
  const others = masters.filter((pod) => pod !== master);
  return {
    ...NOBODY,
    leader: master,
    because: [`${master} led when this was written: ${by}.`],
    questions: others.length === 0 ? [] : [`${listed(others)} reports role:master as well. Is this a split brain?`],
  };
}

function whyNoMaster(masters: readonly string[]): string {
  if (masters.length === 0) return "No member reports role:master. Is a failover in progress?";
  const seen = `${listed(masters)} report${masters.length === 1 ? "s" : ""} role:master, and no majority names one of them`;
  return `${seen}. Is this a split brain, a failover, or Redis Cluster, which Gameday does not support?`;
}

/** Returns what is known of a database whose members could not be asked, with the reason as a question. */
export function notAsked(question: string): Asked {
  return { ...NOBODY, questions: [question] };
}
