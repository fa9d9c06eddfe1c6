/** What must hold before a run and before each fault: one line for each check, always in the same order. Pure. */
import type { HealthLine } from "../../platform.ts";
import { CHECK, line } from "../check.ts";
import { isStreaming } from "../patroni.ts";
import type { KubernetesConfig } from "./config.ts";
import type { Look } from "./look.ts";
import { type AutoscalerObject, isPresent, isReady } from "./objects.ts";
import { type PostgresLook, runningLeader } from "./patroni.ts";
import type { RedisLook } from "./redis.ts";

export function healthOf(seen: Look, config: KubernetesConfig, autoscaler: AutoscalerObject | null): HealthLine[] {
  return [
    nodesLine(seen),
    appLine(seen, autoscaler),
    ...(config.postgres === undefined ? [] : postgresLines(seen, config.postgres.members)),
    ...(config.redis === undefined ? [] : redisLines(seen, config)),
    ...Object.keys(config.others).map((role) => podsLine(seen, role)),
    ...(config.autoscaler === null ? [] : [autoscalerLine(config.autoscaler, autoscaler)]),
  ];
}

function nodesLine({ nodes }: Look): HealthLine {
  if (nodes === null) return line(CHECK.nodes, true, "not asked: listing nodes is not allowed", "not asked");
  const bad = nodes.filter((node) => !isReady(node) || node.spec?.unschedulable === true);
  const seen = bad.map((node) => `${node.metadata.name} ${isReady(node) ? "cordoned" : "not ready"}`).join(", ");
  return line(CHECK.nodes, bad.length === 0, `${nodes.length} ready and schedulable`, seen || `${nodes.length} are`);
}

/** Checks for as many replicas as are wanted now; an autoscaler changes this number. */
function appLine({ deployment, pods }: Look, autoscaler: AutoscalerObject | null): HealthLine {
  const ready = (pods["app"] ?? []).filter((pod) => isPresent(pod) && isReady(pod)).length;
  const wanted = Math.max(autoscaler?.spec?.minReplicas ?? 1, deployment?.spec?.replicas ?? 1);
  const seen = deployment === null ? "there is no such Deployment" : `${ready} ready`;
  return line(CHECK.replicas, deployment !== null && ready >= wanted, `>= ${wanted} ready`, seen);
}

function postgresLines({ postgres, pods }: Look, members: number): HealthLine[] {
  if (postgres === null) return [podsLine({ pods } as Look, "postgres", members)];
  const lines = [membersLine(postgres, members)];
  if (postgres.synchronous !== false) lines.push(standbyLine(postgres));
  return lines;
}

function membersLine({ members }: PostgresLook, wanted: number): HealthLine {
  const streaming = members.filter(isStreaming).length;
  const whole = runningLeader(members) !== undefined && streaming === wanted - 1;
  const seen = members.map(({ pod, role, state }) => `${pod} ${role} ${state}`).join(", ") || "no answer";
  return line(CHECK.postgres, whole, `a leader and ${wanted - 1} streaming standbys`, seen);
}

function standbyLine({ members, synchronous }: PostgresLook): HealthLine {
  const found = members.find((member) => /^(sync|quorum)_standby$/.test(member.role) && isStreaming(member));
  const seen = synchronous === null ? "nobody says whether there must be one" : (found?.pod ?? "none");
  return line(CHECK.syncStandby, found !== undefined, "1 sync standby", seen);
}

function redisLines({ redis }: Look, config: KubernetesConfig): HealthLine[] {
  const wanted = config.redis?.members ?? 0;
  if (redis === null) return [line(CHECK.redis, false, `1 master and ${wanted - 1} linked replicas`, "no answer")];
  const linked = redis.members.filter(({ role, linkUp }) => role === "slave" && linkUp).length;
  const masters = redis.members.filter(({ role }) => role === "master").length;
  const ok = masters === 1 && redis.master !== undefined && linked === wanted - 1;
  const seen = redis.members.map(({ pod, role }) => `${pod} ${role}`).join(", ") || "no answer";
  const members = line(CHECK.redis, ok, `1 master and ${wanted - 1} linked replicas`, `${seen}; ${linked} linked`);
  const sentinel = config.redis?.sentinel;
  return sentinel === undefined ? [members] : [members, sentinelsLine(redis, sentinel.sentinels, wanted - 1)];
}

/** Checks that the Sentinels agree: all name the same master, know each other and the replicas, and consider none down. */
function sentinelsLine({ sentinels, master }: RedisLook, wanted: number, replicas: number): HealthLine {
  const whole = sentinels.filter((one) => one.sentinels === wanted && one.replicas === replicas).length === wanted;
  const agreed = master !== undefined && sentinels.every(({ names }) => names === master);
  const calm = sentinels.every(({ flags }) => !flags.includes("down"));
  const named = sentinels.map(({ pod, names }) => `${pod} names ${names ?? "none"}`).join(", ");
  const counted = sentinels.map((one) => `${one.sentinels}/${one.replicas}`).join(" ");
  const expected = `${wanted} that know ${wanted} sentinels and ${replicas} replicas, and name one master`;
  return line(CHECK.sentinels, whole && agreed && calm, expected, `${named}; sentinels/replicas known: ${counted}`);
}

function podsLine({ pods }: Pick<Look, "pods">, role: string, wanted?: number): HealthLine {
  const all = (pods[role] ?? []).filter(isPresent);
  const ready = all.filter(isReady).length;
  const least = wanted ?? Math.max(1, all.length);
  return line(
    { id: `pods/${role}`, name: `${role} pods` },
    ready >= least,
    `${least} ready`,
    `${ready} of ${all.length} ready`,
  );
}

/**
 * Checks the autoscaler. One that lacks metrics for a moment is healthy: Kubernetes reports this for a while after each rollout
 * and fault. The watch, which sees it over time, decides whether it lasts too long.
 */
function autoscalerLine(name: string, found: AutoscalerObject | null): HealthLine {
  const able = found?.status?.conditions?.find(({ type }) => type === "AbleToScale");
  const { minReplicas, maxReplicas } = found?.spec ?? {};
  const seen =
    found === null ? "there is none" : `AbleToScale ${able?.status ?? "unknown"} (${able?.reason ?? "no reason"})`;
  return line(
    CHECK.autoscaler,
    able?.status === "True",
    `${name}: ${minReplicas ?? 1} to ${maxReplicas ?? "?"} replicas`,
    seen,
  );
}
