/**
 * Databases that no known operator or chart made: StatefulSets whose container declares the database's port, or has its usual
 * name. A Deployment is never taken for one, because what declares such a port there is mostly a pooler or a proxy. Pure.
 */
import type { Operator, SentinelRule } from "./operators.ts";
import {
  type ContainerTemplate,
  containersOf,
  type Labels,
  type ListedObjects,
  type TemplatedObject,
} from "./recorded.ts";

export const PORTS = { postgres: 5432, patroni: 8008, redis: 6379, sentinel: 26_379 } as const;

/** Names that are recognised only as a whole: "postgres-exporter" is none of them. */
const NAMES = {
  postgres: ["postgres", "postgresql", "patroni", "spilo"],
  redis: ["redis", "valkey", "keydb"],
  sentinel: ["sentinel", "redis-sentinel", "valkey-sentinel"],
} as const;

/** The name of the master set that most documentation uses. */
const MASTER = "mymaster";

/** A StatefulSet that runs a database, and how its leader is asked. */
export interface ByHand {
  readonly operator: Operator;
  readonly set: TemplatedObject;
  readonly selector: Labels;
}

/** Returns the StatefulSets that run PostgreSQL or Redis, in the order of the list. */
export function databasesByHand({ statefulSets, deployments }: Sets): ByHand[] {
  return statefulSets.flatMap((set) => {
    const selector = set.spec?.selector?.matchLabels;
    const operator = operatorOf(set, [...statefulSets, ...deployments]);
    return selector === undefined || operator === null ? [] : [{ operator, set, selector }];
  });
}

type Sets = Pick<ListedObjects, "statefulSets" | "deployments">;

/** Returns the Deployments that a person might mean by a database: they declare its port, or have its name. */
export function databaseLikeDeployments(
  { deployments }: Pick<ListedObjects, "deployments">,
  part: "postgres" | "redis",
): string[] {
  return deployments
    .filter((one) => containerFor(containersOf(one), part) !== undefined)
    .map(({ metadata }) => metadata.name);
}

/** Returns the container of a template that runs this part, by its port first, and by its name where no port is declared. */
export function containerFor(
  containers: readonly ContainerTemplate[],
  part: "postgres" | "redis" | "sentinel",
): ContainerTemplate | undefined {
  const declaring = containers.find((one) => declares(one, PORTS[part]));
  const names: readonly string[] = NAMES[part];
  return declaring ?? containers.find(({ name, ports = [] }) => ports.length === 0 && names.includes(name));
}

export function declares({ ports = [] }: ContainerTemplate, port: number): boolean {
  return ports.some(({ containerPort }) => containerPort === port);
}

function operatorOf(set: TemplatedObject, all: readonly TemplatedObject[]): Operator | null {
  const containers = containersOf(set);
  const postgres = containerFor(containers, "postgres");
  if (postgres !== undefined) {
    const patroni = containers.some((one) => declares(one, PORTS.patroni));
    return patroni ? patroniByHand(postgres.name) : postgresByHand(postgres.name);
  }
  const redis = containerFor(containers, "redis");
  return redis === undefined ? null : redisByHand(redis.name, sentinelRule(set, all));
}

/** Returns how to find the Sentinels: beside each Redis, otherwise in the first other workload that runs one. */
function sentinelRule(set: TemplatedObject, all: readonly TemplatedObject[]): SentinelRule | null {
  const beside = containerFor(containersOf(set), "sentinel");
  if (beside !== undefined) return { container: { named: beside.name }, master: MASTER };
  for (const other of all) {
    const container = containerFor(containersOf(other), "sentinel");
    const labels = other.spec?.selector?.matchLabels;
    if (container === undefined || labels === undefined) continue;
    return { labels, container: { named: container.name }, master: MASTER };
  }
  return null;
}

function patroniByHand(container: string): Operator {
  return { ...byHand("Patroni without an operator", "postgres", container), leader: "patroni", testedOn: "cluster" };
}

function postgresByHand(container: string): Operator {
  const caveat = "Nothing shows what would promote another member here, so a dead leader may stay dead.";
  return { ...byHand("PostgreSQL without Patroni", "postgres", container), leader: "sql", caveats: [caveat] };
}

function redisByHand(container: string, sentinel: SentinelRule | null): Operator {
  if (sentinel === null) return { ...byHand("Redis without an operator", "redis", container), leader: "role" };
  const name = "Redis with Sentinel, without an operator";
  const testedOn = sentinel.labels === undefined ? "cluster" : "fixtures";
  return { ...byHand(name, "redis", container), leader: "sentinel", sentinel, testedOn };
}

function byHand(name: string, system: Operator["system"], container: string) {
  return { name, system, labels: {}, instance: [], container: { named: container }, testedOn: "fixtures" as const };
}
