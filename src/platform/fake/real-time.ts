/** The fake behind the Platform port: the model driven by the run's clock, its shop on a loopback port. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Capability, CapabilityName, Change, HealthLine, Platform, Residue, Target } from "../../platform.ts";
import type { Clock } from "../../std/clock.ts";
import type { Json } from "../../std/json.ts";
import { seededRandom } from "../../std/random.ts";
import type { TimelineEvent, Witness } from "../../timeline.ts";
import { commandCapability } from "../command.ts";
import { Agenda } from "./agenda.ts";
import type { Behaviour } from "./behaviour.ts";
import { Breakage } from "./breakage.ts";
import { effectOf, FAKE_CAPABILITIES } from "./change.ts";
import { Metronome } from "./metronome.ts";
import { Autoscaler } from "./scaling.ts";
import { ShopServer } from "./shop-server.ts";
import { Site } from "./site.ts";

const REPLICAS_EVERY_MS = 500;

export interface FakeParts {
  readonly behaviour: Behaviour;
  readonly seed: string;
  readonly autoscaler: boolean;
  readonly clock: Clock;
}

export class FakePlatform implements Platform {
  readonly kind = "fake";
  readonly can: Platform["can"];
  readonly #parts: FakeParts;
  /** The model itself, for users who are simulated without the port. */
  readonly site: Site;
  readonly #metronome: Metronome;
  readonly #breakage: Breakage;
  readonly #server: ShopServer;
  readonly #events: TimelineEvent[] = [];
  #emit: ((event: TimelineEvent) => void) | null = null;
  #baseUrl: string | null = null;

  constructor(parts: FakeParts) {
    this.#parts = parts;
    const agenda = new Agenda();
    const emit = (event: TimelineEvent) => this.#note(event);
    this.site = new Site({ agenda, random: seededRandom(parts.seed), behaviour: parts.behaviour, emit });
    this.#metronome = new Metronome(agenda, parts.clock);
    this.#breakage = new Breakage(this.site);
    this.#server = new ShopServer(this.site, this.#metronome);
    const own = FAKE_CAPABILITIES.map((name) => [name, this.#capability(name)]);
    this.can = { ...Object.fromEntries(own), command: this.#commands(commandCapability(parts.clock)) };
  }

  async prepare(): Promise<void> {
    if (this.#baseUrl !== null) return;
    this.#metronome.start();
    if (this.#parts.autoscaler) this.#metronome.now(() => new Autoscaler(this.site).begin());
    this.#baseUrl = await this.#server.listen();
  }

  async health(): Promise<HealthLine[]> {
    return this.#metronome.now(() => this.site.health());
  }

  async topology(): Promise<Target[]> {
    return this.#metronome.now(() => this.site.topology());
  }

  endpoint(): string {
    if (this.#baseUrl === null) throw new Error("expected the fake platform to be prepared before it is used");
    return this.#baseUrl;
  }

  async watch(emit: (event: TimelineEvent) => void, signal: AbortSignal): Promise<void> {
    this.#emit = emit;
    const timer = setInterval(() => this.#reportReplicas(), REPLICAS_EVERY_MS);
    this.#reportReplicas();
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    clearInterval(timer);
    this.#emit = null;
  }

  async restore(): Promise<Residue[]> {
    this.#metronome.now(() => {
      for (const { id } of this.#breakage.active) this.#breakage.revert(id);
    });
    const left = this.#parts.behaviour.report.residue;
    return left ? [{ what: "a packet filter rule of the fake", where: "node/n1" }] : [];
  }

  async collect(folder: string, window: { fromMs: number; toMs: number }): Promise<void> {
    const lines = this.#events.filter(({ atMs }) => atMs >= window.fromMs && atMs <= window.toMs);
    await writeFile(join(folder, "fake.log"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#metronome.stop();
    await this.#server.close();
  }

  #note(event: TimelineEvent): void {
    this.#events.push(event);
    this.#emit?.(event);
  }

  #reportReplicas(): void {
    const { fleet } = this.site;
    const event = this.#metronome.now(() => ({ ready: fleet.ready, current: fleet.replicas.length }));
    const last = this.#events.findLast((one) => one.type === "replicas");
    if (last !== undefined && last.ready === event.ready && last.current === event.current) return;
    this.#note({ atMs: this.#parts.clock.nowMs(), type: "replicas", ...event, desired: event.current });
  }

  #capability(capability: CapabilityName): Capability {
    const { bites, healSeenMs } = this.#parts.behaviour.report;
    const isStruck = effectOf(capability).is === "strike";
    return {
      prior: async (target): Promise<Json> =>
        capability === "cordon" ? { cordoned: this.site.cordoned.has(target.node) } : null,
      apply: async (change) => {
        if (bites === "really") this.#metronome.now(() => this.#apply(change));
      },
      bitten: async (change) =>
        this.#seen(change, isStruck ? "gone" : "changed", () => this.#breakage.isBitten(change)),
      revert: async (change) => this.#metronome.now(() => this.#breakage.revert(change.id)),
      healed: async (change) =>
        this.#seen(change, "back in its place", () => healSeenMs !== null && this.#breakage.isHealed(change)),
    };
  }

  /**
   * Wraps the capability that really runs the plan's own commands, as on any platform; the model only learns that it was changed.
   */
  #commands(real: Capability): Capability {
    return {
      ...real,
      apply: async (change, signal) => {
        if (this.#parts.behaviour.report.bites !== "really") return;
        await real.apply(change, signal);
        this.#metronome.now(() => this.#breakage.apply(change));
      },
      revert: async (change, signal) => {
        await real.revert(change, signal);
        this.#metronome.now(() => this.#breakage.revert(change.id));
      },
    };
  }

  /** Applies the change and reverts it when it expires, even if nothing else does. */
  #apply(change: Change): void {
    this.#breakage.apply(change);
    if (change.expiresAfterMs === null) return;
    this.site.agenda.after(change.expiresAfterMs, () => this.#breakage.revert(change.id));
  }

  #seen({ target }: Change, what: string, holds: () => boolean): Witness | null {
    if (!this.#metronome.now(holds)) return null;
    return { atMs: this.#parts.clock.nowMs(), says: `fake: ${target.id} is ${what}`, source: `inside ${target.node}` };
  }
}
