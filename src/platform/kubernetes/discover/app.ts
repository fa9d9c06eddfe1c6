/** The Deployment that serves users, with what scales and protects it. Pure. */
import type { AutoscalerObject } from "../objects.ts";
import { containerBehind, ENTRY_KINDS, type Entry, entriesOf, isDatabasePort, portsOf } from "./entries.ts";
import {
  containersOf,
  type DiscoveryNotes,
  type Labels,
  type ListedObjects,
  listed,
  selects,
  type TemplatedObject,
  templateLabels,
} from "./recorded.ts";

export interface App extends DiscoveryNotes {
  readonly deployment: TemplatedObject;
  /** How users reach it, the most probable way first; empty when none was found. */
  readonly entries: readonly Entry[];
}

/** Returns null when the namespace has no Deployment that can serve users. */
export function appOf(recorded: ListedObjects): App | null {
  const entries = entriesOf(recorded);
  const reached = recorded.deployments.filter((one) => entries.some(({ deployment }) => deployment === one));
  const candidates = reached.length > 0 ? reached : behindServices(recorded);
  const [chosen, ...others] = candidates.toSorted((a, b) => rank(b, recorded, entries) - rank(a, recorded, entries));
  if (chosen === undefined) return null;
  const own = entries.filter(({ deployment }) => deployment === chosen);
  const names = listed(others.map(({ metadata }) => metadata.name).sort());
  const question =
    reached.length > 0
      ? `Users can reach ${names} from outside as well. Is ${chosen.metadata.name} the one to be judged?`
      : `No Deployment has an entry from outside. Is ${chosen.metadata.name} the one that serves users, and not ${names}?`;
  const because = own.map(
    ({ kind, service, ingress }) =>
      `Deployment ${chosen.metadata.name} serves users: ${kind} ${(ingress?.object ?? service).metadata.name} leads to it.`,
  );
  return { deployment: chosen, entries: own, because, questions: others.length === 0 ? [] : [question] };
}

/** Returns the container that serves users. */
export function appContainer(
  { deployment, entries }: App,
  recorded: ListedObjects,
): DiscoveryNotes & { readonly container: string } {
  const containers = containersOf(deployment).map(({ name }) => name);
  const served = entries.map(({ container }) => container).find((name) => name !== undefined);
  const behind = served ?? behindAnyService(deployment, recorded);
  if (behind !== undefined)
    return { container: behind, because: ["The Service's port leads to this container."], questions: [] };
  const [first = ""] = containers;
  if (containers.length === 1) return { container: first, because: ["It is the only container."], questions: [] };
  const question = `No container declares the Service's port. Which of ${listed(containers)} serves users?`;
  return { container: first, because: [], questions: [question] };
}

/** Returns the HorizontalPodAutoscaler of the Deployment; null when there is none. */
export function autoscalerOf({ deployment }: App, { autoscalers }: ListedObjects): AutoscalerObject | null {
  return autoscalers.find((one) => scales(one, deployment)) ?? null;
}

/** Describes the PodDisruptionBudgets that cover any of the pods with these labels, or what it means that there is none. */
export function budgetNotes(pods: readonly Labels[], { budgets, unread }: ListedObjects): string {
  if (unread.includes("PodDisruptionBudget")) return "PodDisruptionBudgets could not be listed.";
  const covering = budgets.filter(({ spec }) => pods.some((labels) => selects(spec?.selector?.matchLabels, labels)));
  if (covering.length === 0)
    return "No PodDisruptionBudget covers these pods, so a drain may evict several of them at once.";
  const limits = covering.map(({ metadata, spec }) => {
    const { minAvailable, maxUnavailable } = spec ?? {};
    const limit = minAvailable === undefined ? `maxUnavailable ${maxUnavailable}` : `minAvailable ${minAvailable}`;
    return `${metadata.name} (${limit})`;
  });
  const [plural, verb] = covering.length === 1 ? ["", "limits"] : ["s", "limit"];
  return `PodDisruptionBudget${plural} ${listed(limits)} ${verb} how many of these pods a drain may evict at once.`;
}

/** Rates a candidate by its best entry first, then by an autoscaler, then by its replicas. */
function rank(deployment: TemplatedObject, { autoscalers }: ListedObjects, entries: readonly Entry[]): number {
  const kinds = entries.filter((entry) => entry.deployment === deployment).map(({ kind }) => ENTRY_KINDS.indexOf(kind));
  const entry = ENTRY_KINDS.length - Math.min(ENTRY_KINDS.length, ...kinds);
  const scaled = autoscalers.some((one) => scales(one, deployment)) ? 1 : 0;
  const replicas = Math.min(deployment.spec?.replicas ?? 1, 999);
  return entry * 10_000 + scaled * 1_000 + replicas;
}

function scales({ spec }: AutoscalerObject, { metadata }: TemplatedObject): boolean {
  const { kind = "Deployment", name } = spec?.scaleTargetRef ?? {};
  return kind === "Deployment" && name === metadata.name;
}

/** Returns the Deployments that have a Service within the cluster which does not lead to a database. */
function behindServices({ deployments, services }: ListedObjects): TemplatedObject[] {
  return deployments.filter((deployment) =>
    services.some(
      (service) =>
        selects(service.spec?.selector, templateLabels(deployment)) &&
        portsOf(service).some((port) => !isDatabasePort(deployment, port)),
    ),
  );
}

function behindAnyService(deployment: TemplatedObject, { services }: ListedObjects): string | undefined {
  const own = services.filter(({ spec }) => selects(spec?.selector, templateLabels(deployment)));
  return own
    .flatMap(portsOf)
    .map((port) => containerBehind(deployment, port))
    .find((name) => name !== undefined);
}
