/**
 * The app's replicas: which slots they hold, how many there should be, and how they come and go. A new one enters HAProxy once it
 * is ready; a leaving one is drained first. Evicted ones are replaced on other nodes within the disruption budget.
 */
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../std/errors.ts";
import { until } from "../../std/wait.ts";
import { NODES, type NodeName } from "./addresses.ts";
import { layOutSlots, leaving, type Slot, spread } from "./app.ts";
import type { LabConfig } from "./config.ts";
import { HAPROXY_FILE, haproxyConfig, type SlotState } from "./haproxy.ts";
import { whyNotReady } from "./not-ready.ts";
import type { Observer } from "./observe.ts";
import { replicaService, type ServiceUsers } from "./services.ts";
import type { Space } from "./space.ts";

type Stage = "starting" | "ready" | "leaving";

export interface ReplicaParts {
  readonly config: LabConfig;
  readonly space: Space;
  readonly observer: Observer;
  readonly users: ServiceUsers;
}

export class Replicas {
  readonly #parts: ReplicaParts;
  readonly #slots: readonly Slot[];
  readonly #held = new Map<string, { slot: Slot; stage: Stage }>();
  readonly #cordoned = new Set<NodeName>();
  readonly #end = new AbortController();
  #desired = 0;

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.#slots = layOutSlots(parts.config);
  }

  get desired(): number {
    return this.#desired;
  }

  /** Returns the slots that hold a replica which is not leaving, ordered by name. */
  current(): Slot[] {
    return this.#staged("starting", "ready").toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Returns all slots of a node with a replica, including those that are leaving. */
  onNode(node: NodeName): Slot[] {
    return this.#staged("starting", "ready", "leaving").filter((slot) => slot.node === node);
  }

  setCordon(node: NodeName, cordoned: boolean): void {
    if (cordoned) this.#cordoned.add(node);
    else this.#cordoned.delete(node);
  }

  isCordoned(node: NodeName): boolean {
    return this.#cordoned.has(node);
  }

  /** Sets the number of wanted replicas. Returns when the new ones are started and the leaving ones begin to drain. */
  async scale(count: number, signal: AbortSignal): Promise<void> {
    this.#desired = count;
    const have = this.#staged("starting", "ready");
    if (have.length < count) await this.#add(count - have.length, signal);
    for (const slot of leaving(have, have.length - count))
      this.#inBackground(this.#leave(slot, this.#parts.config.app.gracePeriod));
  }

  /** Starts the replicas of a node again after the node itself has returned. */
  async resume(node: NodeName, signal: AbortSignal): Promise<void> {
    const here = this.#staged("starting", "ready").filter((slot) => slot.node === node);
    await Promise.all(here.map((slot) => this.#launch(slot, signal)));
  }

  /** Moves every replica of a node to others, within the disruption budget. Returns when none is left there. */
  async evict(node: NodeName, graceMs: number, signal: AbortSignal): Promise<void> {
    const here = () => this.#staged("starting", "ready").filter((held) => held.node === node);
    while (here().length > 0) {
      await this.#awaitBudget(node, signal);
      const [slot] = here();
      if (slot === undefined) return;
      const moved = this.#leave(slot, graceMs);
      await this.#add(this.#desired - this.#staged("starting", "ready").length, signal);
      await moved;
    }
  }

  /**
   * Returns the slots whose replica accepts requests now: as HAProxy sees it, or by querying each one when HAProxy does not check
   * them.
   */
  async ready(signal: AbortSignal): Promise<Slot[]> {
    const { config, observer } = this.#parts;
    const held = this.#staged("ready");
    if (!config.haproxy.healthChecks) return this.answering(held, signal);
    const up = new Set(
      (await observer.servers(signal))
        .filter((row) => row.backend === "app" && row.status.startsWith("UP"))
        .map((row) => row.server),
    );
    return held.filter((slot) => up.has(slot.name));
  }

  /** Returns those of the slots whose replica itself reports that it is ready, queried from where users come from. */
  async answering(slots: readonly Slot[], signal: AbortSignal): Promise<Slot[]> {
    const { observer, config } = this.#parts;
    const { status } = config.app.readiness;
    const [low = 200, high = low] = status.split("-").map(Number);
    const statuses = await Promise.all(slots.map((slot) => observer.app(slot, config.app.readiness, signal)));
    return slots.filter((_, index) => (statuses[index] ?? 0) >= low && (statuses[index] ?? 0) <= high);
  }

  /** Explains why replicas are not ready, with the names of the replicas for each reason. */
  async whyNotReady(signal: AbortSignal): Promise<string> {
    const ready = new Set(await this.ready(signal));
    const waiting = this.current().filter((slot) => !ready.has(slot));
    const reasons = await Promise.all(waiting.map((slot) => whyNotReady(slot, this.#parts, signal)));
    const lines = [...new Set(reasons)].map(
      (reason) =>
        `${waiting
          .filter((_, index) => reasons[index] === reason)
          .map(({ name }) => name)
          .join(", ")}: ${reason}`,
    );
    return lines.join("; ") || "all of them are ready now";
  }

  /** Writes the proxy's file for the slots as they are, at every change, so that a restarted proxy knows them. */
  writeProxyFile(): void {
    const { config, space, users } = this.#parts;
    const slots = this.#slots.map((slot) => ({ ...slot, state: this.#proxyState(slot) }));
    space.file(HAPROXY_FILE, haproxyConfig(config, slots), users.haproxy);
  }

  close(): void {
    this.#end.abort(new Error("the lab is being taken down"));
  }

  async #awaitBudget(node: NodeName, signal: AbortSignal): Promise<void> {
    const least = () => this.#desired - this.#parts.config.app.maxUnavailable;
    await until(async () => (await this.ready(signal)).length - 1 >= least(), {
      what: `the disruption budget to let a replica of ${node} go`,
      deadlineMs: Math.max(120_000, 2 * this.#parts.config.app.readiness.within),
      everyMs: 100,
      signal,
    });
  }

  async #add(count: number, signal: AbortSignal): Promise<void> {
    const open = new Set(NODES.filter((node) => !this.#cordoned.has(node) && this.#parts.space.isOn(node)));
    const chosen = spread(this.#slots, new Set(this.#held.keys()), open, count);
    await Promise.all(chosen.map((slot) => this.#launch(slot, signal)));
  }

  async #launch(slot: Slot, signal: AbortSignal): Promise<void> {
    this.#held.set(slot.name, { slot, stage: "starting" });
    const { config, space, users } = this.#parts;
    await space.nodes[slot.node].start(replicaService(config, slot, users), signal);
    this.#inBackground(this.#join(slot));
  }

  /** Waits until a replica is ready and then lets requests in, unless it has left in the meantime. */
  async #join(slot: Slot): Promise<void> {
    const signal = this.#end.signal;
    while (this.#held.get(slot.name)?.stage === "starting") {
      if ((await this.answering([slot], signal)).length > 0) return this.#setStage(slot, "ready", signal);
      await delay(100, undefined, { signal });
    }
  }

  async #leave(slot: Slot, graceMs: number): Promise<void> {
    const signal = this.#end.signal;
    const { space } = this.#parts;
    const end = performance.now() + graceMs;
    await this.#setStage(slot, "leaving", signal);
    while (performance.now() < end && (await this.#sessions(slot, signal)) > 0) await delay(100, undefined, { signal });
    if (space.isOn(slot.node)) await space.nodes[slot.node].stop(`app/${slot.name}`, graceMs, signal);
    this.#held.delete(slot.name);
    await this.#tellProxy(slot, signal);
  }

  async #setStage(slot: Slot, stage: Stage, signal: AbortSignal): Promise<void> {
    this.#held.set(slot.name, { slot, stage });
    await this.#tellProxy(slot, signal);
  }

  async #tellProxy(slot: Slot, signal: AbortSignal): Promise<void> {
    this.writeProxyFile();
    const state = this.#proxyState(slot);
    await this.#parts.observer.haproxy([`set server app/${slot.name} state ${state}`], signal);
  }

  async #sessions(slot: Slot, signal: AbortSignal): Promise<number> {
    const rows = await this.#parts.observer.servers(signal);
    return rows.find((row) => row.backend === "app" && row.server === slot.name)?.sessions ?? 0;
  }

  #staged(...stages: Stage[]): Slot[] {
    return [...this.#held.values()].filter(({ stage }) => stages.includes(stage)).map(({ slot }) => slot);
  }

  #proxyState(slot: Slot): SlotState {
    const stage = this.#held.get(slot.name)?.stage;
    if (stage === "ready") return "ready";
    return stage === "leaving" ? "drain" : "maint";
  }

  /** Runs work that ends with the lab; a failure before that is logged as a warning. */
  #inBackground(work: Promise<void>): void {
    work.catch((trouble: unknown) => {
      if (!this.#end.signal.aborted) process.emitWarning(`lab: a replica did not change: ${messageOf(trouble)}`);
    });
  }
}
