/** The URL at which users reach the app, from what the API says of its entry. Pure. */
import { addressesOf, isControlPlane, isPresent, isReady, type NodeObject } from "../objects.ts";
import type { App } from "./app.ts";
import type { Entry } from "./entries.ts";
import { type DiscoveryNotes, type Labels, type ListedObjects, listed, selects, templateLabels } from "./recorded.ts";

export interface Endpoint extends DiscoveryNotes {
  readonly url: string;
  /** The node whose NodePort is used; null for other entries. */
  readonly node: string | null;
  /** The same entry through another node, which shows whether a node or the app was lost; absent where there is none. */
  readonly second?: string;
}

/** A name that never resolves (RFC 2606), so that a plan with an open question cannot be run by mistake. */
const UNKNOWN_URL = "http://endpoint.invalid";

export function endpointOf({ entries, deployment }: App, recorded: ListedObjects): Endpoint {
  const labels = templateLabels(deployment);
  const found = entries.map((entry) => urlOf(entry, recorded, labels));
  const usable = found.findIndex(({ url }) => url !== UNKNOWN_URL);
  const chosen = found[Math.max(0, usable)];
  if (chosen === undefined) return { url: UNKNOWN_URL, node: null, because: [], questions: [NO_ENTRY] };
  const others = found.filter((one) => one !== chosen && one.url !== UNKNOWN_URL).map(({ url }) => url);
  if (others.length === 0) return chosen;
  const also = `Other entries that were found: ${listed([...new Set(others)])}.`;
  return { ...chosen, because: [...chosen.because, also] };
}

const NO_ENTRY =
  "No NodePort, Ingress or LoadBalancer leads to the app (Gateway API routes are not looked at). At which URL do users reach it?";

function urlOf(entry: Entry, recorded: ListedObjects, labels: Labels): Endpoint {
  if (entry.kind === "Ingress") return ofIngress(entry);
  if (entry.kind === "NodePort") return ofNodePort(entry, recorded, labels);
  const balanced = ofLoadBalancer(entry);
  return balanced.url === UNKNOWN_URL && entry.port.nodePort !== undefined
    ? { ...ofNodePort(entry, recorded, labels), questions: balanced.questions }
    : balanced;
}

function ofIngress({ ingress }: Entry): Endpoint {
  const { object, host, path = "/" } = ingress ?? {};
  const name = `Ingress ${object?.metadata.name}`;
  const concrete = host === undefined || host.startsWith("*") ? undefined : host;
  const address = concrete ?? addressOf(object?.status);
  if (address === undefined)
    return unknown(`${name} names no host, and reports no address. At which URL do users reach it?`);
  const secure = object?.spec?.tls?.some(({ hosts }) => hosts === undefined || hosts.includes(host ?? "")) ?? false;
  const questions =
    concrete === undefined ? [`${name} has no host of its own. Do users reach it by this address?`] : [];
  const because = [
    `${name} leads to the app. This machine must be able to resolve ${address} and to reach it.`,
    fixturesOnly("an Ingress"),
  ];
  const below = /^\/[-\w./]+$/.test(path) ? path.replace(/\/$/, "") : "";
  return { url: `${secure ? "https" : "http"}://${bracketed(address)}${below}`, node: null, because, questions };
}

function ofLoadBalancer({ service, port }: Entry): Endpoint {
  const name = `LoadBalancer ${service.metadata.name}`;
  const address = addressOf(service.status);
  if (address === undefined)
    return unknown(`${name} has no address yet. Is anything in this cluster able to give it one?`);
  const secure = port.port === 443 || port.name === "https";
  const shown = port.port === (secure ? 443 : 80) ? "" : `:${port.port}`;
  const url = `${secure ? "https" : "http"}://${bracketed(address)}${shown}`;
  return { url, node: null, because: [`${name} has this address.`, fixturesOnly("a LoadBalancer")], questions: [] };
}

/**
 * Chooses the node whose loss is the least probable: one of the control plane, which faults leave alone, where there are others;
 * otherwise the one with the fewest pods of this namespace.
 */
function ofNodePort({ service, port }: Entry, recorded: ListedObjects, labels: Labels): Endpoint {
  const name = `NodePort ${port.nodePort} of Service ${service.metadata.name}`;
  if (recorded.nodes === null)
    return unknown(`Nodes may not be listed. At which node's address do users reach ${name}?`);
  const local = service.spec?.externalTrafficPolicy === "Local";
  const nodes = recorded.nodes.filter((node) => isOpen(node) && (!local || podsOn(node, recorded, labels) > 0));
  const [chosen, ...others] = nodes.toSorted((a, b) => risk(a, recorded) - risk(b, recorded));
  const address = chosen === undefined ? undefined : addressIn(chosen);
  if (chosen === undefined || address === undefined)
    return unknown(`No node with an IPv4 address is ready. At which address do users reach ${name}?`);
  const secure = port.port === 443 || port.name === "https";
  const urlAt = (host: string) => `${secure ? "https" : "http"}://${host}:${port.nodePort}`;
  const second = others.map(addressIn).find((one) => one !== undefined);
  const because = [
    `${name} is open on every node${local ? " that runs a pod of the app" : ""}; this is ${chosen.metadata.name}.`,
  ];
  const found = { url: urlAt(address), node: chosen.metadata.name, because, questions: entryQuestions(chosen, others) };
  return second === undefined ? found : { ...found, second: urlAt(second) };
}

function entryQuestions(chosen: NodeObject, others: readonly NodeObject[]): string[] {
  if (isControlPlane(chosen) && others.length > 0) return [];
  const { name } = chosen.metadata;
  return [
    `A fault that hits ${name} also takes this entry away. Is there a load balancer in front of the nodes? Its address is the better endpoint.`,
  ];
}

function isOpen(node: NodeObject): boolean {
  return isReady(node) && node.spec?.unschedulable !== true && addressIn(node) !== undefined;
}

/** Returns a node's own IPv4 address; the list also holds the ranges of its pods. */
function addressIn(node: NodeObject): string | undefined {
  return addressesOf(node).find((address) => !address.includes("/"));
}

function risk(node: NodeObject, { nodes, pods }: ListedObjects): number {
  const workers = (nodes ?? []).some((one) => !isControlPlane(one));
  if (isControlPlane(node) && workers) return -1;
  return pods.filter((pod) => isPresent(pod) && pod.spec?.nodeName === node.metadata.name).length;
}

function podsOn(node: NodeObject, { pods }: ListedObjects, labels: Labels): number {
  const here = pods.filter((pod) => isPresent(pod) && pod.spec?.nodeName === node.metadata.name);
  return here.filter((pod) => selects(labels, pod.metadata.labels)).length;
}

function addressOf(
  status: { readonly loadBalancer?: { readonly ingress?: readonly { ip?: string; hostname?: string }[] } } | undefined,
): string | undefined {
  const [first] = status?.loadBalancer?.ingress ?? [];
  return first?.hostname ?? first?.ip;
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

function fixturesOnly(entry: string): string {
  return `Gameday was tested with ${entry} by fixtures only (recorded API objects).`;
}

function unknown(question: string): Endpoint {
  return { url: UNKNOWN_URL, node: null, because: [], questions: [question] };
}
