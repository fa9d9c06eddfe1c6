/** The ways by which users reach a Deployment from outside the cluster. Pure. */
import {
  containersOf,
  type IngressBackend,
  type IngressObject,
  type ListedObjects,
  type ServiceObject,
  type ServicePort,
  selects,
  type TemplatedObject,
  templateLabels,
} from "./recorded.ts";

/** In the order of preference: what real users use most probably comes first. */
export const ENTRY_KINDS = ["Ingress", "LoadBalancer", "NodePort"] as const;

export interface Entry {
  readonly kind: (typeof ENTRY_KINDS)[number];
  readonly deployment: TemplatedObject;
  readonly service: ServiceObject;
  readonly port: ServicePort;
  /** The container that listens on the Service's target port; undefined when none declares it. */
  readonly container: string | undefined;
  /** Only for an Ingress. */
  readonly ingress?: { readonly object: IngressObject; readonly host: string | undefined; readonly path: string };
}

/** Ports of databases and of their pools and proxies: what listens there serves no users over HTTP. */
const NOT_HTTP = new Set([5432, 5433, 6432, 6379, 6380, 26_379, 9999]);

/** Returns all entries of all Deployments, by preference and then in the order of the lists. */
export function entriesOf(recorded: ListedObjects): Entry[] {
  const { services } = recorded;
  const byIngress = recorded.ingresses.flatMap((ingress) =>
    backendsOf(ingress).flatMap(({ host, path, backend }) => {
      const service = services.find(({ metadata }) => metadata.name === backend.service?.name);
      if (service === undefined) return [];
      const ports = portsOf(service).filter((port) => isPortOf(port, backend));
      return entriesTo(recorded, service, ports).map((entry) => ({
        ...entry,
        kind: "Ingress" as const,
        ingress: { object: ingress, host, path },
      }));
    }),
  );
  const byService = (["LoadBalancer", "NodePort"] as const).flatMap((kind) =>
    services
      .filter(({ spec }) => spec?.type === kind)
      .flatMap((service) => entriesTo(recorded, service, portsOf(service)).map((entry) => ({ ...entry, kind }))),
  );
  return [...byIngress, ...byService];
}

/** Returns the container that a Service's port leads to; undefined when no container declares it. */
export function containerBehind(deployment: TemplatedObject, { port, targetPort }: ServicePort): string | undefined {
  const target = targetPort ?? port;
  return containersOf(deployment).find(({ ports = [] }) =>
    ports.some(({ name, containerPort }) => name === target || containerPort === target),
  )?.name;
}

/** Returns whether a Service's port leads to a database, a pool or a proxy of one. */
export function isDatabasePort(deployment: TemplatedObject, { port, targetPort }: ServicePort): boolean {
  const target = targetPort ?? port;
  if (typeof target === "number") return NOT_HTTP.has(target);
  const declared = containersOf(deployment).flatMap(({ ports = [] }) => ports.filter(({ name }) => name === target));
  return NOT_HTTP.has(port) || declared.some(({ containerPort }) => NOT_HTTP.has(containerPort));
}

/** Returns the ports of a Service that may carry HTTP, the likeliest first. */
export function portsOf({ spec }: ServiceObject): ServicePort[] {
  const tcp = (spec?.ports ?? []).filter(({ protocol = "TCP" }) => protocol === "TCP");
  return tcp.toSorted((a, b) => likeliness(a) - likeliness(b));
}

function likeliness({ name = "", port }: ServicePort): number {
  if (port === 443 || name === "https") return 0;
  if (port === 80 || /^(http|web)$/.test(name)) return 1;
  return /metric|monitor|admin|debug/.test(name) ? 3 : 2;
}

function entriesTo(recorded: ListedObjects, service: ServiceObject, ports: readonly ServicePort[]) {
  return recorded.deployments
    .filter((deployment) => selects(service.spec?.selector, templateLabels(deployment)))
    .flatMap((deployment) => {
      const port = ports.find((one) => !isDatabasePort(deployment, one));
      if (port === undefined) return [];
      return [{ deployment, service, port, container: containerBehind(deployment, port) }];
    });
}

interface Backend {
  readonly host: string | undefined;
  readonly path: string;
  readonly backend: IngressBackend;
}

function backendsOf({ spec }: IngressObject): Backend[] {
  const byRule = (spec?.rules ?? []).flatMap(({ host, http }) =>
    (http?.paths ?? []).flatMap(({ path = "/", backend }) => (backend === undefined ? [] : [{ host, path, backend }])),
  );
  const last = spec?.defaultBackend;
  // The shortest path is the root of the app; longer ones are parts of it, or other services.
  const sorted = byRule.toSorted((a, b) => a.path.length - b.path.length);
  return last === undefined ? sorted : [...sorted, { host: undefined, path: "/", backend: last }];
}

function isPortOf(port: ServicePort, { service }: IngressBackend): boolean {
  const { number, name } = service?.port ?? {};
  if (number === undefined && name === undefined) return true;
  return port.port === number || (name !== undefined && port.name === name);
}
