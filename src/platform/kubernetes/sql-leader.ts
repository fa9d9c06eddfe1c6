/**
 * PostgreSQL as its members report it by SQL, for clusters whose leader Patroni cannot be asked for. Every statement is one that
 * any login may send.
 */
import { askRows } from "../session.ts";
import type { PostgresConfig } from "./config.ts";
import { type Doors, quietly } from "./doors.ts";
import type { PodObject } from "./objects.ts";
import type { PostgresLook, PostgresMember } from "./patroni.ts";
import { withPostgres } from "./postgres-session.ts";

const ANSWER_MS = 5_000;

/** What one member says of itself. */
export interface SqlState {
  readonly pod: string;
  readonly inRecovery: boolean;
  /** The position in the WAL up to which it has written or received, in bytes; null when it has received nothing. */
  readonly walBytes: bigint | null;
  /** The timeline of a member that takes writes, as eight hexadecimal digits; each promotion begins a higher one. */
  readonly timeline: string;
  /** Whether a process receives WAL from the leader. */
  readonly receiving: boolean;
}

const STATE = `select pg_is_in_recovery(),
  (case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end)::text,
  case when pg_is_in_recovery() then '' else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end,
  (select count(*)::int from pg_stat_wal_receiver)`;

/** Asks every member at the same time; one that does not answer, or that refuses the login, is left out. */
export async function lookAtSql(
  doors: Doors,
  config: PostgresConfig,
  pods: readonly PodObject[],
  signal: AbortSignal,
): Promise<PostgresLook> {
  const states = await Promise.all(pods.map((pod) => quietly(() => askState(doors, config, pod, signal))));
  // Who the synchronous standby is may be read only by monitoring logins, so it is not asked for.
  return { members: membersBySql(states.filter((state) => state !== undefined)), synchronous: false };
}

/**
 * Returns the members as Patroni would list them. Of several that take writes, the one on the highest timeline leads: an old leader
 * that was cut off goes on in its own. On the same timeline neither is believed. Pure.
 */
export function membersBySql(states: readonly SqlState[]): PostgresMember[] {
  const writers = states.filter(({ inRecovery }) => !inRecovery).toSorted((a, b) => (a.timeline < b.timeline ? 1 : -1));
  const [first, second] = writers;
  const leader = first?.timeline === second?.timeline ? undefined : first;
  return states.map((state) => {
    const { pod, inRecovery, receiving } = state;
    if (!inRecovery)
      return { pod, role: "leader", state: state === leader ? "running" : "unconfirmed", lagBytes: null };
    return {
      pod,
      role: "replica",
      state: receiving ? "streaming" : "not receiving",
      lagBytes: lagBehind(leader, state),
    };
  });
}

/** Parses a position in the WAL: "16/B374D848". */
export function parsePosition(text: string): bigint {
  const [high = "0", low = "0"] = text.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

function lagBehind(leader: SqlState | undefined, { walBytes }: SqlState): number | null {
  if (leader === undefined || leader.walBytes === null || walBytes === null) return null;
  return Math.max(0, Number(leader.walBytes - walBytes));
}

async function askState(doors: Doors, config: PostgresConfig, pod: PodObject, signal: AbortSignal): Promise<SqlState> {
  const both = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  return await withPostgres(doors, { pod, config }, both, async (client) => {
    const { rows } = await askRows(client, STATE, []);
    const [inRecovery, position, timeline, receivers] = rows[0] ?? [];
    return {
      pod: pod.metadata.name,
      inRecovery: inRecovery === true,
      walBytes: typeof position === "string" ? parsePosition(position) : null,
      timeline: String(timeline ?? ""),
      receiving: Number(receivers) > 0,
    };
  });
}
