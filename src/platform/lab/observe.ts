/** Queries the state of the lab's parts. Every query has its own deadline; a part that does not answer is undefined. */
import type { Json } from "../../std/json.ts";
import { askHaproxy, askHttp, askRedis, type RedisAnswer } from "../ask.ts";
import { pairs } from "../redis.ts";
import { addressOf, NODES, type NodeName, nodeAt, PORT } from "./addresses.ts";
import type { ServiceReport } from "./agent/protocol.ts";
import type { Usage } from "./agent/usage.ts";
import { HAPROXY_SOCKET, parseStatistics, type ServerRow } from "./haproxy.ts";
import { type Listener, parseListeners } from "./listeners.ts";
import { leaderOf, type PatroniMember, parseCluster } from "./postgres.ts";
import { MASTER_NAME, parseReplication, type Replication } from "./redis.ts";
import type { Space } from "./space.ts";

const ANSWER_MS = 1_000;

export class Observer {
  readonly #space: Space;

  constructor(space: Space) {
    this.#space = space;
  }

  /**
   * Returns the cluster as Patroni knows it. It queries all members, because one that is cut off may still report a past state,
   * and takes the view that most of them share, the first among equals.
   */
  async cluster(signal: AbortSignal): Promise<PatroniMember[]> {
    const views = (await this.#each((node) => this.#clusterFrom(node, signal))).filter((view) => view !== undefined);
    const votes = (view: PatroniMember[]) => views.filter((other) => leaderOf(other) === leaderOf(view)).length;
    return views.toSorted((a, b) => votes(b) - votes(a))[0] ?? [];
  }

  async postgresLeader(signal: AbortSignal): Promise<NodeName | undefined> {
    return leaderOf(await this.cluster(signal));
  }

  /** Returns what each Redis reports about itself; undefined for one that does not answer. */
  async replication(signal: AbortSignal): Promise<Record<NodeName, Replication | undefined>> {
    const [n1, n2, n3] = await this.#each(async (node) =>
      parseReplication(String(await this.redis(node, ["INFO", "replication"], signal))),
    );
    return { n1, n2, n3 };
  }

  /** Returns the master that each Sentinel names; undefined for one that does not answer. */
  async sentinels(signal: AbortSignal): Promise<Record<NodeName, NodeName | undefined>> {
    const [n1, n2, n3] = await this.#each(async (node) => {
      const answer = await this.sentinel(node, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME], signal);
      return nodeAt(String(Array.isArray(answer) ? answer[0] : ""));
    });
    return { n1, n2, n3 };
  }

  /** Returns the master that most Sentinels name. */
  async redisMaster(signal: AbortSignal): Promise<NodeName | undefined> {
    const named = Object.values(await this.sentinels(signal)).filter((node) => node !== undefined);
    const votes = (node: NodeName) => named.filter((other) => other === node).length;
    return named.toSorted((a, b) => votes(b) - votes(a))[0];
  }

  /** Returns how many Sentinels (itself included) and replicas of the master a Sentinel knows. */
  async sentinelKnows(
    node: NodeName,
    signal: AbortSignal,
  ): Promise<{ sentinels: number; replicas: number; flags: string } | undefined> {
    const answer = await quietly(() => this.sentinel(node, ["SENTINEL", "MASTER", MASTER_NAME], signal));
    if (!Array.isArray(answer)) return undefined;
    const known = pairs(answer);
    return {
      sentinels: Number(known["num-other-sentinels"] ?? -1) + 1,
      replicas: Number(known["num-slaves"] ?? 0),
      flags: known.flags ?? "",
    };
  }

  async redis(node: NodeName, command: readonly string[], signal: AbortSignal): Promise<RedisAnswer> {
    return this.#redisAt(node, PORT.redis, command, signal);
  }

  async sentinel(node: NodeName, command: readonly string[], signal: AbortSignal): Promise<RedisAnswer> {
    return this.#redisAt(node, PORT.sentinel, command, signal);
  }

  async servers(signal: AbortSignal): Promise<ServerRow[]> {
    const both = bounded(signal);
    return (await quietly(async () => parseStatistics(await this.haproxy(["show stat"], both)))) ?? [];
  }

  async haproxy(commands: readonly string[], signal: AbortSignal): Promise<string> {
    return askHaproxy(this.#space.path(HAPROXY_SOCKET), commands, bounded(signal));
  }

  async services(place: NodeName | "switch", signal: AbortSignal): Promise<ServiceReport[]> {
    if (place !== "switch" && !this.#space.isOn(place)) return [];
    return (await quietly(() => this.#space.agent(place).list(bounded(signal)))) ?? [];
  }

  /** Returns the usage of each service of a node. */
  async usage(node: NodeName, signal: AbortSignal): Promise<Record<string, Usage>> {
    if (!this.#space.isOn(node)) return {};
    return (await quietly(() => this.#space.nodes[node].usage(bounded(signal)))) ?? {};
  }

  /** Returns the status of one GET from inside a node; undefined when there is no answer. */
  async http(node: NodeName, port: number, path: string, signal: AbortSignal): Promise<number | undefined> {
    return (await quietly(() => this.#httpFrom(node, port, path, signal)))?.status;
  }

  /**
   * Returns the status of one GET to an app on a node, sent from where users come from; undefined when there is no answer in
   * time.
   */
  async app(
    { node, port }: { readonly node: NodeName; readonly port: number },
    { path, timeout: withinMs }: { readonly path: string; readonly timeout: number },
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const both = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    const ask = async () => askHttp(await this.#space.switch.dial(addressOf(node), port, both, withinMs), path, both);
    return (await quietly(ask))?.status;
  }

  /** Returns the listening sockets on a node; empty when the node does not answer. */
  async listeners(node: NodeName, signal: AbortSignal): Promise<Listener[]> {
    const read = (file: string) => quietly(() => this.#space.nodes[node].read(file, bounded(signal)));
    const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(read));
    return tables.flatMap((table) => parseListeners(table ?? ""));
  }

  async #clusterFrom(node: NodeName, signal: AbortSignal): Promise<PatroniMember[] | undefined> {
    const answer = await this.#httpFrom(node, PORT.patroni, "/cluster", signal);
    return answer.status === 200 ? parseCluster(JSON.parse(answer.body) as Json) : undefined;
  }

  async #httpFrom(node: NodeName, port: number, path: string, signal: AbortSignal) {
    const both = bounded(signal);
    return askHttp(await this.#space.nodes[node].dial("127.0.0.1", port, both), path, both);
  }

  async #redisAt(node: NodeName, port: number, command: readonly string[], signal: AbortSignal): Promise<RedisAnswer> {
    const both = bounded(signal);
    return askRedis(await this.#space.nodes[node].dial("127.0.0.1", port, both), command, both);
  }

  async #each<T>(ask: (node: NodeName) => Promise<T>): Promise<[T?, T?, T?]> {
    const answers = NODES.map((node) => (this.#space.isOn(node) ? quietly(() => ask(node)) : undefined));
    return (await Promise.all(answers)) as [T?, T?, T?];
  }
}

function bounded(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
}

/**
 * Returns the answer, or undefined when the query fails: these queries find out whether a part answers, so its silence is a
 * result and not an error.
 */
async function quietly<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}
