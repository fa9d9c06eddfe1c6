/**
 * A platform in memory for the contract and the tests of the engine. Every capability is one value per target, so that the state
 * before and after can be compared exactly. `onStep` is called at each point at which a real platform would wait for the outside.
 */

import { CAPABILITIES } from "../../src/platform/capability.ts";
import type {
  Capability,
  CapabilityName,
  Change,
  HealthLine,
  Platform,
  Residue,
  Target,
  Witness,
} from "../../src/platform.ts";
import type { Json } from "../../src/std/json.ts";

/** May throw or wait. `what` names the point, such as "apply cut node/n1 half". */
export type OnStep = (what: string, signal: AbortSignal) => Promise<void> | void;

export function target(id: string, more: Partial<Target> = {}): Target {
  const [role = "", rest = ""] = id.split("/");
  const node = rest.split("-")[0] ?? "";
  return { id, role, node, leader: false, healthy: true, labels: {}, ...more };
}

/** Three nodes, each with one member of each database and two replicas of the app, and one proxy outside. */
export const THREE_NODES: readonly Target[] = ["n1", "n2", "n3"]
  .flatMap((node, index) => [
    target(`node/${node}`),
    target(`postgres/${node}`, { leader: index === 0 }),
    target(`redis/${node}`, { leader: index === 1 }),
    target(`app/${node}-1`),
    target(`app/${node}-2`),
  ])
  .concat(target("haproxy/switch", { node: "switch" }));

export class MemoryPlatform implements Platform {
  readonly kind = "memory";
  readonly can: Readonly<Record<CapabilityName, Capability>>;
  /** Maps "cut node/n1" to its value; an absent key is untouched. */
  readonly state = new Map<string, Json>();
  targets: readonly Target[] = THREE_NODES;
  onStep: OnStep = () => undefined;
  /** Capabilities whose bite or healing is never observed. */
  readonly blind = new Set<string>();
  /** Capabilities whose effect ends by itself, as it does when a supervisor restarts what was killed. */
  readonly mends = new Set<string>();
  /** When true, a supervisor restarts what was stopped without `stayDown`. */
  stopMends = false;

  constructor(state: Iterable<readonly [string, Json]> = []) {
    for (const [key, value] of state) this.state.set(key, value);
    const entries = CAPABILITIES.map((name) => [name, this.#capability(name)] as const);
    this.can = Object.fromEntries(entries) as Record<CapabilityName, Capability>;
  }

  async prepare(): Promise<void> {}

  async health(): Promise<HealthLine[]> {
    const touched = this.state.size === 0 ? "nothing touched" : [...this.state.keys()].join(", ");
    return [
      { id: "untouched", name: "untouched", ok: this.state.size === 0, expected: "nothing touched", seen: touched },
    ];
  }

  async topology(signal: AbortSignal): Promise<Target[]> {
    await this.onStep("topology", signal);
    return [...this.targets];
  }

  endpoint(): string {
    return "http://127.0.0.1:1";
  }

  async watch(): Promise<void> {}

  async restore(): Promise<Residue[]> {
    return [...this.state].map(([where, value]) => ({ what: JSON.stringify(value), where }));
  }

  async collect(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}

  #capability(name: CapabilityName): Capability {
    const keyOf = (change: Change) => `${name} ${change.target.id}`;
    return {
      prior: async ({ id }, _parameters, signal) => {
        await this.onStep(`prior ${name} ${id}`, signal);
        return this.state.get(`${name} ${id}`) ?? null;
      },
      apply: (change, signal) => this.#apply(keyOf(change), change, signal),
      bitten: (change, signal) => this.#seen("bitten", keyOf(change), this.#isApplied(keyOf(change), change), signal),
      revert: (change, signal) => this.#revert(keyOf(change), change, signal),
      healed: (change, signal) => {
        const supervised = this.stopMends && name === "stop" && change.parameters["stayDown"] === false;
        if (supervised || this.mends.has(name)) this.#takeAway(keyOf(change), change);
        return this.#seen("healed", keyOf(change), !this.#isOurs(keyOf(change), change), signal);
      },
    };
  }

  /** Applies the change in two steps, so that it can be left half made. */
  async #apply(key: string, change: Change, signal: AbortSignal): Promise<void> {
    await this.onStep(`apply ${key} before`, signal);
    this.state.set(key, `half ${change.id}`);
    await this.onStep(`apply ${key} half`, signal);
    this.state.set(key, `whole ${change.id}`);
    await this.onStep(`apply ${key} after`, signal);
  }

  async #revert(key: string, change: Change, signal: AbortSignal): Promise<void> {
    await this.onStep(`revert ${key} before`, signal);
    this.#takeAway(key, change);
    await this.onStep(`revert ${key} after`, signal);
  }

  #takeAway(key: string, change: Change): void {
    if (!this.#isOurs(key, change)) return;
    if (change.prior === null) this.state.delete(key);
    else this.state.set(key, change.prior);
  }

  async #seen(what: string, key: string, holds: boolean, signal: AbortSignal): Promise<Witness | null> {
    await this.onStep(`${what} ${key}`, signal);
    if (!holds || this.blind.has(`${what} ${key.split(" ")[0]}`)) return null;
    return { atMs: 0, says: `${key} is ${what}`, source: "memory" };
  }

  #isApplied(key: string, change: Change): boolean {
    return this.state.get(key) === `whole ${change.id}`;
  }

  #isOurs(key: string, change: Change): boolean {
    return this.#isApplied(key, change) || this.state.get(key) === `half ${change.id}`;
  }
}
