/**
 * Everything that sends in a simulated run: users as one worker, users inside a cut node, and probes; and the mistakes of our own
 * part.
 */

import type { Behaviour, Spread } from "../../src/platform/fake/behaviour.ts";
import { Autoscaler } from "../../src/platform/fake/scaling.ts";
import type { Site } from "../../src/platform/fake/site.ts";
import type { Random } from "../../src/std/random.ts";
import type { FakeCrew } from "./conductor.ts";
import { Meter } from "./meter.ts";
import { type ProbeClass, Probing } from "./probing.ts";
import type { FakeRecorder } from "./recorder.ts";
import { PROBE_TIMEOUT_MS, Sender, USER_TIMEOUT_MS } from "./sender.ts";
import { RUN_ID } from "./simulated-plan.ts";
import { FakeUsers } from "./users.ts";

/** How often the replicas of the platform and their memory are checked. */
const LOOK_MS = 500;
const SAMPLE_EVERY_LOOKS = 4;

export interface CrewOptions {
  readonly behaviour: Behaviour;
  readonly users: number;
  readonly thinkMs: Spread;
  readonly probes: readonly ProbeClass[];
  readonly scaling: { readonly upMs: number; readonly downMs: number } | null;
}

export class SimulatedCrew implements FakeCrew {
  readonly scaleUpMs: number;
  readonly scaleDownMs: number;
  readonly #site: Site;
  readonly #recorder: FakeRecorder;
  readonly #random: Random;
  readonly #options: CrewOptions;
  readonly #sender: Sender;
  readonly #meter: Meter;
  readonly #users: FakeUsers;
  readonly #probing: Probing;
  #inside: { readonly worker: string; readonly users: FakeUsers; readonly meter: Meter } | null = null;
  #quiet = false;
  #stalledUntilMs = 0;
  #looks = 0;
  #watching = true;
  #autoscaler: Autoscaler | null = null;

  constructor(site: Site, recorder: FakeRecorder, random: Random, options: CrewOptions) {
    this.#site = site;
    this.#recorder = recorder;
    this.#random = random;
    this.#options = options;
    this.scaleUpMs = options.scaling?.upMs ?? 0;
    this.scaleDownMs = options.scaling?.downMs ?? 0;
    this.#sender = new Sender(site, recorder, USER_TIMEOUT_MS);
    const outside = this.#worker("w0", null, options.thinkMs);
    this.#users = outside.users;
    this.#meter = outside.meter;
    this.#probing = new Probing({ ...this.#shared("probes"), sender: new Sender(site, recorder, PROBE_TIMEOUT_MS) });
  }

  begin(): void {
    const { scaling, users, probes, behaviour } = this.#options;
    this.#meter.begin();
    this.#users.begin(users);
    this.#probing.begin(probes);
    if (scaling !== null) this.#autoscaler = new Autoscaler(this.#site);
    this.#autoscaler?.begin();
    this.#look();
    if (behaviour.report.losesWorker) this.#site.agenda.after(6500, () => this.#loseWorker());
    if (behaviour.report.crashes) this.#site.agenda.after(4000, () => this.#crash());
  }

  rampDown(): void {
    this.#users.end();
  }

  end(): void {
    this.#probing.end();
    this.#meter.end();
  }

  beginInside(node: string): void {
    const worker = `w-${node}`;
    this.#inside = { worker, ...this.#worker(worker, node, [80, 200]) };
    this.#recordWorker(worker, "joined");
    this.#inside.meter.begin();
    this.#inside.users.begin(12);
  }

  endInside(): void {
    if (this.#inside === null) return;
    this.#inside.users.end();
    this.#inside.meter.end();
    this.#recordWorker(this.#inside.worker, "left", this.#inside.meter.sequence);
    this.#inside = null;
  }

  get lastSequence(): number {
    return this.#meter.sequence;
  }

  #recordWorker(worker: string, edge: "joined" | "left", lastSequence = 0): void {
    this.#recorder.event({ atMs: this.#site.agenda.nowMs, type: "worker", worker, edge, lastSequence });
  }

  beforeFault(quiet: boolean): void {
    this.#quiet = quiet && this.#options.behaviour.report.quietBeforeFault;
  }

  onBite(): void {
    const { stall, stallHidden } = this.#options.behaviour.report;
    if (stall.lastsMs === 0) return;
    this.#site.agenda.after(stall.afterBiteMs, () => this.#stall(stall.lastsMs, stallHidden));
  }

  /** Stops watching; whatever happens afterwards is not observed. */
  stopWatching(): void {
    this.#watching = false;
  }

  #look(): void {
    if (!this.#watching) return;
    const { agenda, fleet, app } = this.#site;
    this.#autoscaler?.look();
    if (this.#looks++ % SAMPLE_EVERY_LOOKS === 0) {
      const detail = Object.fromEntries(
        fleet.replicas.map(({ id }) => [`memory/${id}`, Math.round(app.memoryBytes())]),
      );
      this.#recorder.event({ atMs: agenda.nowMs, type: "note", source: "sample", says: "memory in bytes", detail });
    }
    agenda.after(LOOK_MS, () => this.#look());
  }

  #worker(worker: string, inside: string | null, thinkMs: Spread): { users: FakeUsers; meter: Meter } {
    const meter: Meter = new Meter({
      worker,
      agenda: this.#site.agenda,
      random: this.#random.fork(`meter/${worker}`),
      recorder: this.#recorder,
      report: this.#options.behaviour.report,
      users: () => users.count,
    });
    const users = new FakeUsers({
      ...this.#shared(`users/${worker}`),
      worker,
      sender: this.#sender,
      meter,
      thinkMs,
      inside,
    });
    return { users, meter };
  }

  #shared(name: string) {
    return {
      runId: RUN_ID,
      agenda: this.#site.agenda,
      random: this.#random.fork(name),
      stalled: () => this.#site.agenda.nowMs < this.#stalledUntilMs,
      quiet: () => this.#quiet,
    };
  }

  #stall(lastsMs: number, hidden: boolean): void {
    const { nowMs } = this.#site.agenda;
    this.#stalledUntilMs = nowMs + lastsMs;
    this.#meter.stalled(lastsMs);
    if (hidden) return;
    this.#site.agenda.after(lastsMs, () => {
      const atMs = this.#site.agenda.nowMs;
      const because = "the event loop stood still";
      this.#recorder.event({ atMs, type: "gap", source: "probes", fromMs: nowMs, toMs: atMs, because });
    });
  }

  #loseWorker(): void {
    const lastSequence = this.#meter.sequence;
    this.#users.end();
    this.#meter.lose();
    this.#sender.lose("w0");
    this.#recorder.event({ atMs: this.#site.agenda.nowMs, type: "worker", worker: "w0", edge: "lost", lastSequence });
  }

  #crash(): void {
    const [replica] = this.#site.fleet.replicas;
    if (replica === undefined) return;
    this.#site.fleet.kill(replica, false);
    this.#site.restarted(replica, "exit 1", false);
  }
}
