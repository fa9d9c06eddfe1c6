/**
 * A whole run on the fake in virtual time: platform, users, probes, conductor and ledger, in memory. The same seed gives
 * the same bytes. It is what the judge is measured against: 1,000 seeds take about a minute.
 */
import type { Evidence } from "../../evidence.ts";
import type { Objective } from "../../objective.ts";
import { type Random, seededRandom } from "../../std/random.ts";
import { Agenda } from "./agenda.ts";
import { type Behaviour, type BehaviourChange, behave, type Range } from "./behaviour.ts";
import { Conductor, type Crew } from "./conductor.ts";
import type { DrillName } from "./drill.ts";
import { Meter } from "./meter.ts";
import { PROBE_CLASSES, type ProbeClass, Probing } from "./probing.ts";
import { Recorder } from "./recorder.ts";
import { Autoscaler } from "./scaling.ts";
import { Sender } from "./sender.ts";
import { simulatedPlan } from "./simulated-plan.ts";
import { Site } from "./site.ts";
import { Users } from "./users.ts";

export interface SimulationOptions {
  readonly seed: string;
  /** Lies and variations, laid over an honest platform. */
  readonly changes?: readonly BehaviourChange[];
  readonly drills?: readonly DrillName[];
  readonly objectives?: readonly Objective[];
  readonly users?: number;
  readonly thinkMs?: Range;
  readonly warmUpMs?: number;
  readonly calmMs?: number;
  readonly probes?: readonly ProbeClass[];
  /** The autoscaler runs; the load is held so long for it to go up, and so long after the load for it to come back. */
  readonly scaling?: { readonly upMs: number; readonly downMs: number };
}

type Settled = Required<Omit<SimulationOptions, "changes" | "scaling">> & {
  readonly behaviour: Behaviour;
  readonly scaling: { readonly upMs: number; readonly downMs: number } | null;
};

const RUN_ID = "simulated";

/** Runs it to its end. About 50 ms for two simulated minutes. */
export function simulateRun(options: SimulationOptions): Evidence {
  const settled = settle(options);
  const random = seededRandom(settled.seed);
  const agenda = new Agenda();
  const recorder = new Recorder();
  const { behaviour } = settled;
  const site = new Site({ agenda, random, behaviour, emit: (event) => recorder.event(event) });
  const plan = simulatedPlan({ ...settled, name: "fake" });
  const crew = new SimulatedCrew(site, recorder, random, settled);
  const conductor = new Conductor({
    site,
    plan,
    drills: settled.drills,
    recorder,
    random: random.fork("conductor"),
    crew,
  });
  for (const waitMs of conductor.run()) agenda.runUntil(agenda.nowMs + waitMs);
  return evidenceOf(plan, settled, recorder);
}

function settle(options: SimulationOptions): Settled {
  return {
    seed: options.seed,
    behaviour: behave(options.changes ?? []),
    drills: options.drills ?? ["kill-postgres-leader"],
    objectives: options.objectives ?? [],
    users: options.users ?? 12,
    thinkMs: options.thinkMs ?? [60, 180],
    warmUpMs: options.warmUpMs ?? 10_000,
    calmMs: options.calmMs ?? 8_000,
    probes: options.probes ?? PROBE_CLASSES,
    scaling: options.scaling ?? null,
  };
}

function evidenceOf(plan: Evidence["run"]["plan"], { seed }: Settled, recorder: Recorder): Evidence {
  return {
    run: {
      version: 1,
      runId: RUN_ID,
      plan,
      seed,
      command: `simulated on the fake platform with seed ${seed}`,
      startedAt: "2026-01-01T00:00:00.000Z",
      tool: { name: "gameday", version: "simulated" },
      environment: { platform: "fake", time: "virtual" },
    },
    timeline: recorder.timeline,
    operations: () => recorder.operations,
    intervals: () => recorder.intervals,
    ledger: () => recorder.ledger,
    flaws: [],
  };
}

/** All that sends: users as one worker, users inside a cut node, probes; and what our own part does wrong. */
class SimulatedCrew implements Crew {
  readonly scaleUpMs: number;
  readonly scaleDownMs: number;
  readonly #site: Site;
  readonly #recorder: Recorder;
  readonly #random: Random;
  readonly #options: Settled;
  readonly #sender: Sender;
  readonly #meter: Meter;
  readonly #users: Users;
  readonly #probing: Probing;
  #inside: { readonly users: Users; readonly meter: Meter } | null = null;
  #quiet = false;
  #stalledUntilMs = 0;

  constructor(site: Site, recorder: Recorder, random: Random, options: Settled) {
    this.#site = site;
    this.#recorder = recorder;
    this.#random = random;
    this.#options = options;
    this.scaleUpMs = options.scaling?.upMs ?? 0;
    this.scaleDownMs = options.scaling?.downMs ?? 0;
    this.#sender = new Sender(site, recorder);
    const outside = this.#worker("w0", null, options.thinkMs);
    this.#users = outside.users;
    this.#meter = outside.meter;
    this.#probing = new Probing({ ...this.#shared("probes"), sender: this.#sender });
  }

  begin(): void {
    const { scaling, users, probes, behaviour } = this.#options;
    this.#meter.begin();
    this.#users.begin(users);
    this.#probing.begin(probes);
    if (scaling !== null) new Autoscaler(this.#site).begin();
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
    this.#inside = this.#worker(`w-${node}`, node, [80, 200]);
    this.#inside.meter.begin();
    this.#inside.users.begin(4);
  }

  endInside(): void {
    this.#inside?.users.end();
    this.#inside?.meter.end();
    this.#inside = null;
  }

  beforeFault(quiet: boolean): void {
    this.#quiet = quiet && this.#options.behaviour.report.quietBeforeFault;
  }

  onBite(): void {
    const { stall, stallHidden } = this.#options.behaviour.report;
    if (stall.lastsMs === 0) return;
    this.#site.agenda.after(stall.afterBiteMs, () => this.#stall(stall.lastsMs, stallHidden));
  }

  #worker(worker: string, inside: string | null, thinkMs: Range): { users: Users; meter: Meter } {
    const meter: Meter = new Meter({
      worker,
      agenda: this.#site.agenda,
      random: this.#random.fork(`meter/${worker}`),
      recorder: this.#recorder,
      report: this.#options.behaviour.report,
      users: () => users.count,
    });
    const users = new Users({
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
