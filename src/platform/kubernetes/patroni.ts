/** PostgreSQL as Patroni reports it, read from the members' REST API. Pure except for the queries. */
import type { Json } from "../../std/json.ts";
import { type ClusterMember, isLeader, parseClusterMembers } from "../patroni.ts";
import type { PostgresConfig } from "./config.ts";
import { type Doors, quietly } from "./doors.ts";
import type { PodObject } from "./objects.ts";

/** One member, by the name of its pod. */
export interface PostgresMember extends Pick<ClusterMember, "role" | "state" | "lagBytes"> {
  readonly pod: string;
}

/** Parses the cluster as a member's `/cluster` lists it. */
export function parseMembers(body: Json): PostgresMember[] {
  return parseClusterMembers(body)
    .map(({ name, role, state, lagBytes }) => ({ pod: name, role, state, lagBytes }))
    .sort((a, b) => (a.pod < b.pod ? -1 : 1));
}

/** Returns the running leader; undefined while there is none. */
export function runningLeader(members: readonly PostgresMember[]): string | undefined {
  return members.find((member) => isLeader(member) && member.state === "running")?.pod;
}

export interface PostgresLook {
  readonly members: readonly PostgresMember[];
  /** Whether Patroni keeps a synchronous standby; null when no member answered. */
  readonly synchronous: boolean | null;
}

/**
 * Queries all members, because one that is cut off still reports a past state. It uses the view that most of them share, and
 * counts the leader only if that member confirms it (`GET /primary`), because the pod of a lost leader keeps its label and its
 * place in the list.
 */
export async function lookAtPatroni(
  doors: Doors,
  config: PostgresConfig,
  pods: readonly PodObject[],
  signal: AbortSignal,
): Promise<PostgresLook> {
  const { patroniPort } = config;
  const views = await Promise.all(
    pods.map((pod) => quietly(async () => parseMembers(await doors.json(pod, patroniPort, "/cluster", signal)))),
  );
  const known = views.filter((view) => view !== undefined);
  const votes = (view: PostgresMember[]) =>
    known.filter((other) => runningLeader(other) === runningLeader(view)).length;
  const members = known.toSorted((a, b) => votes(b) - votes(a))[0] ?? [];
  const leader = pods.find(({ metadata }) => metadata.name === runningLeader(members));
  const [confirmed, synchronous] = await Promise.all([
    leader === undefined ? false : saysPrimary(doors, config, leader, signal),
    isSynchronous(doors, config, leader ?? pods[0], signal),
  ]);
  return { members: confirmed ? members : members.map(withoutLead), synchronous };
}

async function saysPrimary(
  doors: Doors,
  config: PostgresConfig,
  pod: PodObject,
  signal: AbortSignal,
): Promise<boolean> {
  return (await quietly(() => doors.http(pod, config.patroniPort, "/primary", signal)))?.status === 200;
}

/** Settings change rarely, and each query costs a connection, so an answer is reused for this long. */
const SETTINGS_MS = 10_000;
const SETTINGS = new WeakMap<Doors, { readonly synchronous: boolean; readonly untilMs: number }>();

async function isSynchronous(
  doors: Doors,
  config: PostgresConfig,
  pod: PodObject | undefined,
  signal: AbortSignal,
): Promise<boolean | null> {
  const known = SETTINGS.get(doors);
  if (known !== undefined && performance.now() < known.untilMs) return known.synchronous;
  if (pod === undefined) return null;
  const answer = await quietly(() => doors.json(pod, config.patroniPort, "/config", signal));
  if (answer === undefined) return null;
  const mode = (answer as { synchronous_mode?: Json }).synchronous_mode;
  const synchronous = mode === true || mode === "on" || mode === "quorum";
  SETTINGS.set(doors, { synchronous, untilMs: performance.now() + SETTINGS_MS });
  return synchronous;
}

/** Marks a member that is listed as leader but does not confirm it. */
function withoutLead(member: PostgresMember): PostgresMember {
  return isLeader(member) ? { ...member, state: "unconfirmed" } : member;
}
