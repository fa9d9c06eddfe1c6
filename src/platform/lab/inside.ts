/**
 * A client's place on a node: an app that knows only the stores on exactly that node, and the way for a process into the node's
 * network. A client that writes there can keep writing when the node is cut off from all others: it is on the minority's side of
 * a partition. The app is not a replica: no proxy leads to it.
 */
import type { InsidePlace } from "../../platform.ts";
import { until } from "../../std/wait.ts";
import { FOLDER, isNode, type NodeName, PORT } from "./addresses.ts";
import type { ServiceSpec } from "./agent/protocol.ts";
import type { Boot } from "./boot.ts";
import { replicaService } from "./services.ts";

export const INSIDE_SERVICE = "inside";
const UP_MS_MAX = 15_000;

export class InsidePlaces {
  readonly #parts: Boot;
  readonly #open = new Set<NodeName>();

  constructor(parts: Boot) {
    this.#parts = parts;
  }

  /** Starts the app on the node and returns once it answers, whether it reports readiness or not. */
  async open(name: string, signal: AbortSignal): Promise<InsidePlace> {
    const { space, observer, config } = this.#parts;
    if (!isNode(name)) throw new RangeError(`expected a node of the lab, got "${name}"`);
    const enter = ["nsenter", `--net=${await space.networkOf(name, signal)}`, "--"];
    this.#open.add(name);
    await space.nodes[name].start(insideService(this.#parts, name), signal);
    await until(async () => (await observer.http(name, PORT.inside, config.app.readiness.path, signal)) !== undefined, {
      what: `the app inside ${name} to answer`,
      deadlineMs: UP_MS_MAX,
      everyMs: 100,
      signal,
    });
    const baseUrl = `http://127.0.0.1:${PORT.inside}`;
    return { node: name, baseUrl, enter, [Symbol.asyncDispose]: () => this.close(name) };
  }

  async close(name: string): Promise<void> {
    if (!isNode(name) || !this.#open.delete(name) || !this.#parts.space.isOn(name)) return;
    await this.#parts.space.nodes[name].kill(INSIDE_SERVICE, AbortSignal.timeout(UP_MS_MAX));
  }

  async closeAll(): Promise<void> {
    for (const name of [...this.#open]) await this.close(name);
  }
}

function insideService({ config, users }: Boot, node: NodeName): ServiceSpec {
  const like = replicaService(config, { name: `${node}-inside`, node, port: PORT.inside }, users);
  const stores = {
    DATABASE_URL: `postgres://app:app@127.0.0.1:${PORT.postgres}/app`,
    REDIS_URL: `redis://127.0.0.1:${PORT.redis}`,
  };
  return {
    ...like,
    name: INSIDE_SERVICE,
    env: { ...like.env, ...stores, HOST: "127.0.0.1" },
    log: `${FOLDER.log}/inside-${node}.log`,
  };
}
