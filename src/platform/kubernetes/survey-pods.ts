/** What `gameday check` finds out about the pods that faults work in: whether they take our tools, and whether they can be pressed. */
import type { CapabilityName, CheckedLine } from "../../platform.ts";
import { GamedayError, messageOf } from "../../std/errors.ts";
import { besideRole } from "./capability/held.ts";
import { checked } from "./checked.ts";
import { askEntry } from "./entry-watch.ts";
import type { Look } from "./look.ts";
import { type AutoscalerObject, isPresent, type PodObject } from "./objects.ts";
import { countsOwnStress } from "./own-stress.ts";
import type { Parts } from "./parts.ts";
import { podLimit, withoutLimit } from "./pod-limits.ts";
import { proberPod } from "./prober.ts";
import { type ToolsKind, toolsContainer } from "./tools.ts";

/** Capabilities whose changes are made through an ephemeral container of ours, by what it is allowed. */
const BY_NETWORK: readonly CapabilityName[] = ["cut", "drop", "bandwidth", "reset", "dns"];
const BY_PROCESS: readonly CapabilityName[] = ["freeze", "cpu", "memory"];

/** Checks Pod Security and other admission with a dry run of exactly the patches that the plan's faults would make. */
export async function toolsLines(
  parts: Parts,
  { pods }: Pick<Look, "pods">,
  capabilities: readonly CapabilityName[],
  signal: AbortSignal,
): Promise<CheckedLine[]> {
  const [pod] = Object.values(pods).flat().filter(isPresent);
  const byPolicy = parts.config.cuts === "network-policy";
  const used = (name: CapabilityName) => (byPolicy && name === "cut" ? "freeze" : name); // what our tools need then
  const needs = (some: readonly CapabilityName[]) => capabilities.some((name) => some.includes(used(name)));
  const kinds: readonly { readonly name: string; readonly kind: ToolsKind }[] = [
    ...(needs(BY_NETWORK) ? [{ name: "ephemeral containers for the network", kind: { is: "network" } as const }] : []),
    ...(needs(BY_PROCESS) && pod !== undefined
      ? [{ name: "ephemeral containers for processes", kind: besideRole(parts, pod) }]
      : []),
  ];
  return await Promise.all(kinds.map(({ name, kind }) => toolsLine(parts, { name, kind, pod }, signal)));
}

interface Trial {
  readonly name: string;
  readonly kind: ToolsKind;
  readonly pod: PodObject | undefined;
}

async function toolsLine(
  { api, config }: Parts,
  { name, kind, pod }: Trial,
  signal: AbortSignal,
): Promise<CheckedLine> {
  const expected = "our tools to be let into a pod, by a dry run";
  if (config.image === undefined) return checked(name, false, expected, "no image: set platform.image in the plan");
  if (pod === undefined) return checked(name, false, expected, "no pod to try it on");
  const container = toolsContainer(pod, kind, { image: config.image, run: "check" });
  const body = { spec: { ephemeralContainers: [container] } };
  const options = { type: "strategic", subresource: "ephemeralcontainers", dryRun: true } as const;
  const reference = { kind: "Pod" as const, namespace: config.namespace, name: pod.metadata.name };
  try {
    await api.patch(reference, body, options, signal);
    return checked(name, true, expected, `pod ${pod.metadata.name} would take one of image ${config.image}`);
  } catch (thrown) {
    return checked(name, false, expected, thrown instanceof GamedayError ? thrown.got : messageOf(thrown));
  }
}

/** An autoscaler that counts our own use of CPU as load adds replicas because of us, which proves nothing about the platform. */
export function ownStressLines(
  autoscaler: AutoscalerObject | null,
  capabilities: readonly CapabilityName[],
): CheckedLine[] {
  if (autoscaler === null || !capabilities.includes("cpu")) return [];
  const seen = countsOwnStress(autoscaler)
    ? "metric type Resource: our own CPU faults count as load, so replicas that they bring do not count as scaling"
    : "our own CPU faults do not count as load";
  return [checked("autoscaler and CPU faults", true, "an autoscaler whose reaction can be told apart", seen)];
}

/** Asks each entry once, and tries by a dry run whether the prober would be let in. */
export async function entryLines({ api, config }: Parts): Promise<CheckedLine[]> {
  const { endpoint, entries, inside, image, namespace } = config;
  if (entries.length === 0 && inside === undefined) return [];
  const outside = [endpoint, ...entries].map(async (url) => {
    const { answers, because } = await askEntry(url);
    return checked(`entry ${url}`, answers === true, "an answer over a fresh connection", because ?? "it answers");
  });
  if (inside === undefined) return await Promise.all(outside);
  return [...(await Promise.all(outside)), await proberLine()];

  async function proberLine(): Promise<CheckedLine> {
    const [name, expected] = ["prober inside the cluster", "a pod of platform.image, by a dry run"];
    if (image === undefined) return checked(name, false, expected, "no image: set platform.image in the plan");
    try {
      await api.create(proberPod(namespace, image, inside ?? ""), { dryRun: true });
      return checked(name, true, expected, `it would ask ${inside}`);
    } catch (thrown) {
      return checked(name, false, expected, thrown instanceof GamedayError ? thrown.got : messageOf(thrown));
    }
  }
}

/** Cuts by a NetworkPolicy are less than what the word promises, so that `check` says what they are. */
export function policyLines({ config }: Pick<Parts, "config">, capabilities: readonly CapabilityName[]): CheckedLine[] {
  if (config.cuts !== "network-policy" || !capabilities.includes("cut")) return [];
  const undone = config.serviceAccount === null ? "only by `gameday heal` or the watchdog" : "by the reaper";
  const seen = `new connections only, with everybody; existing ones go on. After the death of the tool it is undone ${undone}`;
  return [
    checked("cuts by NetworkPolicy", true, "a network plugin that enforces policies, which each bite proves", seen),
  ];
}

/** A pod without a limit has nothing that could be used up; faults of pressure on a node leave it alone. */
export function limitLines({ pods }: Pick<Look, "pods">, capabilities: readonly CapabilityName[]): CheckedLine[] {
  const present = Object.values(pods).flat().filter(isPresent);
  return (["cpu", "memory"] as const)
    .filter((resource) => capabilities.includes(resource))
    .map((resource) => {
      const limited = present.filter((pod) => podLimit(pod, resource) !== null).map(({ metadata }) => metadata.name);
      const alone = present
        .filter((pod) => podLimit(pod, resource) === null)
        .map((pod) => `${pod.metadata.name} (${withoutLimit(pod, resource).join(", ")})`);
      const left = alone.length === 0 ? "" : `; left alone, for lack of a limit on a container: ${alone.join(", ")}`;
      const expected = `pods with a ${resource} limit on every container, which pressure uses up`;
      return checked(`${resource} limits`, limited.length > 0, expected, `${limited.join(", ") || "none"}${left}`);
    });
}
