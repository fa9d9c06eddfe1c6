/**
 * What `gameday check` finds out about a cluster before any change: a line for each thing that a game day relies on, and the
 * targets as they are now. It creates nothing: dry runs show what the server would refuse.
 */
import { podTrouble } from "../../kubernetes/pod-trouble.ts";
import { describeRight } from "../../kubernetes/rights.ts";
import type { CapabilityName, CheckedLine, Target } from "../../platform.ts";
import { GamedayError, hasCode, messageOf } from "../../std/errors.ts";
import { isRecord } from "../../std/json.ts";
import type { PlanNeeds } from "../kind.ts";
import { podsToEvict } from "./capability/evict.ts";
import { checked as line } from "./checked.ts";
import { quietly } from "./doors.ts";
import { healthOf } from "./health.ts";
import type { Look } from "./look.ts";
import { type AutoscalerObject, carries, controllerOf, isPresent, isReady, type PodObject } from "./objects.ts";
import { lookAt, type Parts } from "./parts.ts";
import { type NeededRight, rightsNeeded } from "./rights.ts";
import { assertNamespaceAllowed } from "./safety.ts";
import { entryLines, limitLines, ownStressLines, policyLines, toolsLines } from "./survey-pods.ts";
import { topologyOf } from "./topology.ts";

export interface Survey {
  readonly lines: readonly CheckedLine[];
  readonly topology: readonly Target[];
}

/** Never throws for a problem that a line can report. */
export async function survey(parts: Parts, needs: PlanNeeds, signal: AbortSignal): Promise<Survey> {
  const { capabilities } = needs;
  const access = await accessLine(parts, signal);
  if (!access.ok) return { lines: [access], topology: [] };
  const [namespace, rights] = await Promise.all([
    namespaceLine(parts, signal),
    rightsLine(parts, rightsNeeded(parts.config, needs)),
  ]);
  if (!namespace.ok) return { lines: [access, namespace, rights], topology: [] };
  const looked = await looking(parts, signal);
  if (looked.line !== null) return { lines: [access, namespace, rights, looked.line], topology: [] };
  const { seen, autoscaler } = looked;
  const lines = [
    access,
    namespace,
    ...healthOf(seen, parts.config, autoscaler),
    ...(needs.replicasUp === undefined ? [] : [replicasLine(autoscaler, needs.replicasUp)]),
    ...(await failoverLines(parts, seen, needs, signal)),
    await metricsLine(parts),
    spreadLine(seen),
    ...workloadLines(seen),
    rights,
    ...(await toolsLines(parts, seen, capabilities, signal)),
    ...policyLines(parts, capabilities),
    ...(await entryLines(parts)),
    ...limitLines(seen, capabilities),
    ...ownStressLines(autoscaler, capabilities),
    ...(await drainLines(parts, seen, capabilities)),
  ];
  return { lines, topology: topologyOf(seen) };
}

type Looked =
  | { readonly line: CheckedLine }
  | { readonly line: null; readonly seen: Look; readonly autoscaler: AutoscalerObject | null };

/** Looks at everything; without the rights to, the line says what could not be seen. */
async function looking(parts: Parts, signal: AbortSignal): Promise<Looked> {
  try {
    const [seen, autoscaler] = await Promise.all([lookAt(parts, signal), autoscalerOf(parts, signal)]);
    return { line: null, seen, autoscaler };
  } catch (thrown) {
    return { line: line("state of the platform", false, "a platform that can be looked at", messageOf(thrown)) };
  }
}

/** An API server that refuses has answered. */
async function accessLine({ api, config }: Parts, signal: AbortSignal): Promise<CheckedLine> {
  const expected = `an API server in context ${config.context} that answers`;
  try {
    await api.get({ kind: "Namespace", namespace: "", name: config.namespace }, signal);
    return line("cluster accessible", true, expected, api.server);
  } catch (thrown) {
    if (isForbidden(thrown)) return line("cluster accessible", true, expected, api.server);
    return line("cluster accessible", false, expected, messageOf(thrown));
  }
}

async function namespaceLine({ api, config }: Parts, signal: AbortSignal): Promise<CheckedLine> {
  const expected = `namespace ${config.namespace}, whose owner allows game days`;
  try {
    const found = await api.get({ kind: "Namespace", namespace: "", name: config.namespace }, signal);
    assertNamespaceAllowed(config, found);
    return line("namespace", true, expected, "it is there, and allowed");
  } catch (thrown) {
    return line(
      "namespace",
      false,
      expected,
      thrown instanceof GamedayError ? `${thrown.got} (${thrown.hint ?? ""})` : messageOf(thrown),
    );
  }
}

async function autoscalerOf({ api, config }: Parts, signal: AbortSignal): Promise<AutoscalerObject | null> {
  const { autoscaler: name, namespace } = config;
  if (name === null) return null;
  return (await api.get({ kind: "HorizontalPodAutoscaler", namespace, name }, signal)) as AutoscalerObject | null;
}

/** An autoscaler that may not make as many replicas as the plan waits for keeps users waiting for nothing. */
function replicasLine(autoscaler: AutoscalerObject | null, wanted: number): CheckedLine {
  const most = autoscaler?.spec?.maxReplicas ?? 0;
  const seen = autoscaler === null ? "no autoscaler" : `maxReplicas ${most}`;
  return line("replicas to scale to", most >= wanted, `an autoscaler that may make ${wanted} replicas`, seen);
}

/** What Patroni adds to its own settings until the new leader takes writes and clients have found it. */
const PROMOTION_SECONDS = 3;

/** A node that is lost with its leader is noticed only when the leader's lock expires, however quick everything else is. */
async function failoverLines(parts: Parts, seen: Look, needs: PlanNeeds, signal: AbortSignal): Promise<CheckedLine[]> {
  const { postgres: config } = parts.config;
  const { leaderBackSeconds: within } = needs;
  const [pod] = (seen.pods["postgres"] ?? []).filter(isPresent);
  if (within === undefined || pod === undefined || config?.leader !== "patroni") return [];
  const settings = await quietly(() => parts.doors.json(pod, config.patroniPort, "/config", signal));
  if (!isRecord(settings)) return [];
  const [ttl, loopWait] = [Number(settings["ttl"] ?? 30), Number(settings["loop_wait"] ?? 10)];
  const takes = ttl + loopWait + PROMOTION_SECONDS;
  const expected = `the loss of the leader's node to be over within the plan's ${within} s`;
  const says = `ttl ${ttl} s + loop_wait ${loopWait} s + ${PROMOTION_SECONDS} s for the promotion: up to ${takes} s`;
  return [line("failover time of PostgreSQL", takes <= within, expected, says)];
}

/** Without the metrics server an autoscaler does nothing, and reports this only in its conditions. */
async function metricsLine({ api, config }: Parts): Promise<CheckedLine> {
  const expected = "pod metrics (metrics.k8s.io), which the autoscaler decides by";
  try {
    const metrics = await api.list("PodMetrics", { namespace: config.namespace });
    return line("metrics server", metrics.length > 0, expected, `metrics of ${metrics.length} pods`);
  } catch (thrown) {
    return line("metrics server", config.autoscaler === null, expected, messageOf(thrown));
  }
}

/** Replicas that are all on one node are lost with it, and a single one with any fault: none is left to serve users. */
function spreadLine({ pods }: Look): CheckedLine {
  const ready = (pods["app"] ?? []).filter((pod) => isPresent(pod) && isReady(pod));
  const byNode = new Map<string, number>();
  for (const pod of ready) byNode.set(pod.spec?.nodeName ?? "", (byNode.get(pod.spec?.nodeName ?? "") ?? 0) + 1);
  const seen =
    [...byNode]
      .sort()
      .map(([node, count]) => `${count} on ${node}`)
      .join(", ") || "none";
  return line("spread of replicas", byNode.size > 1, "replicas on two nodes or more", seen);
}

function workloadLines({ pods }: Look): CheckedLine[] {
  const [app] = (pods["app"] ?? []).filter(isPresent);
  if (app === undefined) return [];
  const containers = app.spec?.containers ?? [];
  const without = (has: (container: (typeof containers)[number]) => boolean) =>
    containers.filter((container) => !has(container)).map(({ name }) => name);
  const say = (names: readonly string[]) => (names.length === 0 ? "each has one" : `none on ${names.join(", ")}`);
  const requests = without(({ resources }) => resources?.requests?.["cpu"] !== undefined);
  const limits = without(({ resources }) => resources?.limits?.["memory"] !== undefined);
  const probes = without(({ readinessProbe }) => readinessProbe !== undefined);
  const trouble = podTrouble(app);
  return [
    line("CPU requests of the app", requests.length === 0, "a CPU request on each container", say(requests)),
    line("memory limits of the app", limits.length === 0, "a memory limit on each container", say(limits)),
    line("readiness of the app", probes.length === 0, "a readiness probe on each container", say(probes)),
    ...(trouble === null ? [] : [line("pods of the app", false, "pods that run", trouble.says)]),
  ];
}

async function rightsLine({ api, config }: Parts, needed: readonly NeededRight[]): Promise<CheckedLine> {
  const namespaceOf = ({ scope }: NeededRight) => (scope === "namespace" ? config.namespace : "");
  const allowed = await Promise.all(needed.map((right) => api.mayI(namespaceOf(right), right)));
  const missing = needed.filter((_, index) => allowed[index] !== true);
  const seen = missing.map((right) => `${describeRight(right)} (${right.scope}: ${right.purpose})`).join("; ");
  return line(
    "rights",
    missing.length === 0,
    `the ${needed.length} rights that this plan needs`,
    seen || "all are granted",
  );
}

interface BudgetObject {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } };
  readonly status?: { readonly disruptionsAllowed?: number };
}

/** Describes what a drain would evict from each node, what would stop it, and which budget would delay it. */
async function drainLines(
  parts: Parts,
  { nodes }: Look,
  capabilities: readonly CapabilityName[],
): Promise<CheckedLine[]> {
  if (!capabilities.includes("evict") || nodes === null) return [];
  const { namespace } = parts.config;
  try {
    const budgets = (await parts.api.list("PodDisruptionBudget", { namespace })) as unknown as readonly BudgetObject[];
    return await Promise.all(
      nodes.map(async ({ metadata }) => drainLine(metadata.name, await podsToEvict(parts, metadata.name), budgets)),
    );
  } catch (thrown) {
    return [line("drains", false, "pods and budgets that can be listed", messageOf(thrown))];
  }
}

function drainLine(node: string, pods: readonly PodObject[], budgets: readonly BudgetObject[]): CheckedLine {
  const bare = pods.filter((pod) => controllerOf(pod) === undefined).map(({ metadata }) => metadata.name);
  const blocking = budgets.filter(
    ({ spec, status }) =>
      status?.disruptionsAllowed === 0 &&
      pods.some((pod) => spec?.selector?.matchLabels !== undefined && carries(pod, spec.selector.matchLabels)),
  );
  const parts = [
    `${pods.length} pods: ${pods.map(({ metadata }) => metadata.name).join(", ") || "none"}`,
    ...(bare.length === 0 ? [] : [`without a controller, so refused: ${bare.join(", ")}`]),
    ...blocking.map(({ metadata }) => `budget ${metadata.name} allows no disruption now`),
  ];
  const ok = bare.length === 0 && blocking.length === 0;
  return line(`drain of ${node}`, ok, "evictions that nothing holds up", parts.join("; "));
}

function isForbidden(thrown: unknown): boolean {
  return hasCode(thrown, "kubernetes-forbidden");
}
