/** Derives from the evidence what the faults of an objective hit, and what happened to leaders meanwhile. */
import type { ExperimentVerdict } from "../experiment.ts";
import { contains, type Span } from "../outage/span.ts";
import type { Objective } from "../plan.ts";
import { LEADING } from "../timeline/leaders.ts";
import { type ExperimentStory, reachOf, type Story } from "../timeline/story.ts";
import type { Facts } from "./facts.ts";

export interface Circumstances {
  readonly anyFault: boolean;
  /** True if a member of a store with a leader was hit, or ran on a node that was hit; also true if that was not recorded. */
  readonly storeHit: boolean;
  /** True if something else was hit, such as the app or the proxy. */
  readonly othersHit: boolean;
  /** True if traffic between nodes was cut; also true if the kind of change was not recorded. */
  readonly partitioned: boolean;
  readonly powerLost: boolean;
  readonly leaderChanged: boolean;
  /** True if some class of users was served later on kept connections than on fresh ones, or never; also true if unknown. */
  readonly keptIsSlower: boolean;
  /** True if all lost writes whose times are known were acknowledged while the store that was hit had no leader. */
  readonly lostWithoutLeader: boolean;
}

/** Two connections that recover within this time of each other count as equally fast. */
const SLOWER_MS = 1_000;

export function circumstancesOf(objective: Objective, facts: Facts): Circumstances {
  const { story } = facts;
  const concerned = experimentsOf(objective, facts);
  const stories = story.experiments.filter(({ name }) => concerned.some((one) => one.name === name));
  const stores = new Set(story.roles.map(({ role }) => role));
  const hit = stories.flatMap(rolesHit);
  return {
    anyFault: concerned.length > 0,
    storeHit: hit.some((role) => role === null || stores.has(role)),
    othersHit: hit.some((role) => role === null || !stores.has(role)),
    partitioned: stories.some(isSevered),
    powerLost: stories.some(({ traits }) => traits.stops === "machines"),
    leaderChanged: stories.some((one) => leadersIn(story, reachOf(one, story.experiments, story.span.toMs))),
    keptIsSlower: concerned.some(keptIsSlower),
    lostWithoutLeader: lostWithoutLeader(facts, stories),
  };
}

/** Returns the named experiment. Without a name: all for recovery-seconds, otherwise those with lost or duplicated writes. */
function experimentsOf({ measure, over }: Objective, { experiments }: Facts): readonly ExperimentVerdict[] {
  const named = over["experiment"];
  if (named !== undefined) return experiments.filter(({ name }) => name === named);
  if (measure === "recovery-seconds") return experiments;
  return experiments.filter(({ writes }) => writes.lost > 0 || writes.duplicated > 0);
}

/** Returns the roles of what was hit and of what ran on it; null stands for what ran on a node if that was not recorded. */
function rolesHit({ targets, standing, rounds }: ExperimentStory): (string | null)[] {
  const commanded = rounds.flatMap(({ changes }) => changes.map(({ target }) => target));
  const nodes =
    targets.some(({ role }) => role === "node") || commanded.some((id) => !targets.some((one) => one.id === id));
  const own = targets.map(({ role }) => role).filter((role) => role !== "node");
  return [...own, ...(standing ?? []).map(({ role }) => role), ...(nodes && standing === null ? [null] : [])];
}

function leadersIn({ roles }: Story, span: Span): boolean {
  return roles.some(({ is, was, atMs }) => LEADING.has(is) && was !== "unknown" && contains(span, atMs));
}

function keptIsSlower({ recovery }: ExperimentVerdict): boolean {
  return Object.values(recovery).some(({ connections }) => {
    const { kept, fresh } = connections;
    if (kept === undefined || fresh === undefined) return true; // no evidence against it
    const at = (upperMs: number | null) => upperMs ?? Number.POSITIVE_INFINITY;
    return at(kept.upperMs) > at(fresh.upperMs) + SLOWER_MS;
  });
}

function lostWithoutLeader({ findings, story }: Facts, stories: readonly ExperimentStory[]): boolean {
  const lost = findings.filter(({ checker, figures }) => checker === "acked-set" && (figures["lost"] ?? 0) > 0);
  const times = lost.flatMap(({ witnesses }) => witnesses.flatMap(({ atMs }) => atMs ?? []));
  const spans = stories.flatMap((one) => leaderless(one, story));
  return times.length > 0 && times.every((atMs) => spans.some((span) => contains(span, atMs)));
}

/** Returns true for a fault that severs nodes, or whose kind and changes were not recorded. */
function isSevered({ traits, rounds }: ExperimentStory): boolean {
  return traits.severs ?? rounds.some(({ changes }) => changes.some(({ capability }) => capability === null));
}

/** Returns true for a fault under which its targets do nothing, as long as it holds or until they are restarted. */
function silencesTargets({ traits }: ExperimentStory): boolean {
  return traits.stops !== "nothing" && !traits.recoversOnlyAfterHeal;
}

/** Returns the spans without a leader: from the death of each leader until its store had the next one. */
function leaderless(experiment: ExperimentStory, { roles }: Story): Span[] {
  if (!silencesTargets(experiment)) return [];
  const changes = experiment.rounds.flatMap((round) => round.changes);
  return changes.flatMap(({ target, bite }) => {
    if (bite?.witness == null) return [];
    const before = roles.filter(({ atMs, is }) => atMs <= bite.atMs && LEADING.has(is));
    const led = before.findLast(({ role }) => before.findLast((one) => one.role === role)?.target === target);
    if (led === undefined || led.target !== target) return [];
    const next = roles.find(({ atMs, is, role }) => role === led.role && atMs > bite.atMs && LEADING.has(is));
    return [{ fromMs: bite.atMs, toMs: next?.atMs ?? Number.POSITIVE_INFINITY }];
  });
}
