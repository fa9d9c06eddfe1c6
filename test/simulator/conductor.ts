/**
 * The conductor of a simulated run: the same steps, stamps and events as in a real run, in virtual time. A script is a generator
 * that yields how long to wait; its runner advances the agenda.
 */

import type { Plan } from "../../src/plan.ts";
import { Breakage } from "../../src/platform/fake/breakage.ts";
import type { Break } from "../../src/platform/fake/change.ts";
import { evenly } from "../../src/platform/fake/draw.ts";
import type { Site } from "../../src/platform/fake/site.ts";
import type { Random } from "../../src/std/random.ts";
import { PHASES, type Phase, type TargetReference, type Witness } from "../../src/timeline.ts";
import { DRILLS, type Drill, type DrillName } from "./drill.ts";
import { ledgerReading } from "./ledger-reading.ts";
import { type FakeRecorder, stamp } from "./recorder.ts";

/** Each yielded value is the number of milliseconds to wait until the script continues. */
export type FakeScript = Generator<number, void, void>;

export interface FakeCrew {
  readonly begin: () => void;
  readonly rampDown: () => void;
  readonly end: () => void;
  readonly stopWatching: () => void;
  /** Starts users inside the node of a target while its experiment runs. */
  readonly beginInside: (node: string) => void;
  readonly endInside: () => void;
  /** The last second before a fault, and its bite, for lies about our own part. */
  readonly beforeFault: (quiet: boolean) => void;
  readonly onBite: () => void;
  readonly scaleDownMs: number;
  /** The last sequence number of the load worker's reports. */
  readonly lastSequence: number;
  readonly scaleUpMs: number;
}

export interface ConductorParts {
  readonly site: Site;
  readonly plan: Plan;
  readonly drills: readonly DrillName[];
  readonly recorder: FakeRecorder;
  readonly random: Random;
  readonly crew: FakeCrew;
}

const STEP_MS = 100;
const HEAL_WITHIN_MS = 30_000;
const BITE_WITHIN_MS = 10_000;

export class Conductor {
  readonly #parts: ConductorParts;
  readonly #breakage: Breakage;
  #changes = 0;

  constructor(parts: ConductorParts) {
    this.#parts = parts;
    this.#breakage = new Breakage(parts.site);
  }

  *run(): FakeScript {
    const { plan, crew, drills, recorder } = this.#parts;
    yield* this.#phase("validation", this.#health("before-run"));
    yield* this.#phase("load-deployment", wait(300));
    yield* this.#phase("load", this.#load());
    yield* this.#phase("autoscaling-watch", wait(crew.scaleUpMs));
    yield* this.#phase("experiments", this.#experiments(drills));
    yield* this.#phase("scale-down-watch", this.#calm(plan.calmMs));
    yield* this.#phase("statistics", this.#statistics());
    yield* this.#phase("report", wait(50));
    yield* this.#phase("clean-up", this.#cleanUp());
    recorder.timeline.sort((a, b) => a.atMs - b.atMs);
  }

  *#phase(phase: Phase, body: FakeScript): FakeScript {
    if (!PHASES.includes(phase)) throw new RangeError(`expected a phase, got ${phase}`);
    this.#event({ type: "phase", phase, edge: "begin" });
    yield* body;
    this.#event({ type: "phase", phase, edge: "end" });
  }

  *#load(): FakeScript {
    this.#event({ type: "worker", worker: "w0", edge: "joined", lastSequence: 0 });
    this.#event({ type: "load", edge: "begin", users: 0 });
    this.#parts.crew.begin();
    yield 1000;
    this.#event({ type: "load", edge: "steady", users: this.#parts.plan.load.stages[0]?.target ?? 0 });
    yield this.#parts.plan.warmUpMs;
  }

  *#experiments(drills: readonly DrillName[]): FakeScript {
    for (const name of drills) {
      const drill = DRILLS[name];
      yield* this.#experiment(drill);
      yield drill.plan.settleMs;
    }
  }

  *#experiment(drill: Drill): FakeScript {
    const { plan, traits } = drill;
    const { random, crew, site } = this.#parts;
    yield* this.#steady();
    yield* this.#health("before-fault", plan.name);
    const changes = drill
      .changes(site.topology(), random.fork(plan.name))
      .map((change) => this.#named(plan.name, change));
    const targets = [...new Map(changes.map(({ target }) => [target.id, target])).values()].map(reference);
    const standing = standingOn(targets, site.topology());
    const own = { type: "experiment", experiment: plan.name, fault: plan.fault } as const;
    this.#event({ ...own, edge: "begin", targets, standing, traits });
    if (drill.clientsInside && targets[0] !== undefined) crew.beginInside(targets[0].node);
    crew.beforeFault(true);
    yield 1500;
    if (!(yield* this.#inject(plan.name, changes))) {
      const because = "the fault could not be injected";
      this.#event({ ...own, edge: "aborted", targets, because });
      return;
    }
    yield plan.holdMs;
    yield* this.#heal(plan.name, changes);
    crew.endInside();
    this.#event({ ...own, edge: "end", targets });
    yield* this.#steady();
    yield* this.#health("after-fault", plan.name);
  }

  #named(experiment: string, change: Omit<Break, "id">): Break {
    return { ...change, id: `${experiment}/${++this.#changes}` };
  }

  /** Returns whether the changes could be made at all; the stamps record whether they bit. */
  *#inject(experiment: string, changes: readonly Break[]): Generator<number, boolean, void> {
    const { site, crew } = this.#parts;
    const { bites } = site.behaviour.report;
    for (const change of changes) {
      this.#fault(experiment, "commanded", change.target.id);
      if (bites === "really" || bites === "unwitnessed") this.#breakage.apply(change);
    }
    crew.beforeFault(false);
    yield evenly(this.#parts.random, [5, 40]);
    crew.onBite();
    if (bites === "failed") return false;
    for (const change of changes) yield* this.#proveBite(experiment, change);
    return true;
  }

  *#proveBite(experiment: string, change: Break): FakeScript {
    const { bites } = this.#parts.site.behaviour.report;
    const end = this.#nowMs + BITE_WITHIN_MS;
    while (!this.#breakage.isBitten(change) && this.#nowMs < end) yield STEP_MS;
    const { id } = change.target;
    if (!this.#breakage.isBitten(change)) {
      this.#fault(experiment, "not-bitten", id, { because: "nothing was seen of it inside the target" });
    } else {
      const witness = bites === "unwitnessed" ? undefined : this.#witness(change, "is gone");
      this.#fault(experiment, "bit", id, { witness });
    }
  }

  *#heal(experiment: string, changes: readonly Break[]): FakeScript {
    const { healSeenMs } = this.#parts.site.behaviour.report;
    for (const { target, id } of changes) {
      this.#fault(experiment, "heal-commanded", target.id);
      this.#breakage.revert(id);
    }
    yield evenly(this.#parts.random, healSeenMs ?? [0, 0]);
    for (const change of changes) {
      const end = this.#nowMs + HEAL_WITHIN_MS;
      while (!this.#breakage.isHealed(change) && this.#nowMs < end) yield STEP_MS;
      const healed = healSeenMs !== null && this.#breakage.isHealed(change);
      if (healed)
        this.#fault(experiment, "healed", change.target.id, { witness: this.#witness(change, "is back in its place") });
      else this.#fault(experiment, "not-healed", change.target.id, { because: "not seen back in its place" });
    }
  }

  /** Waits for health for a limited time; whatever is unhealthy then shows in the next health lines. */
  *#steady(): FakeScript {
    const end = this.#nowMs + HEAL_WITHIN_MS;
    while (this.#parts.site.health().some(({ ok }) => !ok) && this.#nowMs < end) yield STEP_MS;
  }

  *#calm(calmMs: number): FakeScript {
    const { crew } = this.#parts;
    yield calmMs;
    this.#event({ type: "load", edge: "ramp-down", users: 0 });
    crew.rampDown();
    yield crew.scaleDownMs + 2500;
    crew.end();
    this.#event({ type: "load", edge: "end", users: 0 });
    this.#event({ type: "worker", worker: "w0", edge: "left", lastSequence: crew.lastSequence });
    yield 2500;
    crew.stopWatching();
  }

  *#health(moment: "before-run" | "before-fault" | "after-fault" | "after-run", experiment?: string): FakeScript {
    for (const line of this.#parts.site.health()) {
      this.#event({ type: "health", moment, ...(experiment === undefined ? {} : { experiment }), ...line });
    }
    yield 50;
  }

  *#statistics(): FakeScript {
    yield* this.#steady();
    yield* this.#health("after-run");
    yield* ledgerReading(this.#parts);
  }

  *#cleanUp(): FakeScript {
    const { report } = this.#parts.site.behaviour;
    yield 100;
    if (!report.residue) return;
    this.#event({ type: "residue", what: "packet filter rule gameday/cut-leader-node/1", where: "node/n1" });
  }

  get #nowMs(): number {
    return this.#parts.site.agenda.nowMs;
  }

  #witness({ target }: Break, what: string): Witness {
    return { atMs: stamp(this.#nowMs), says: `fake: ${target.id} ${what}`, source: `inside ${target.node}` };
  }

  #fault(experiment: string, edge: FaultEdge, target: string, seen: Seen = {}): void {
    const { witness, because } = seen;
    this.#event({
      type: "fault",
      experiment,
      edge,
      target,
      ...(witness === undefined ? {} : { witness }),
      ...(because === undefined ? {} : { because }),
    });
  }

  #event(event: EventBody): void {
    this.#parts.recorder.event({ atMs: this.#nowMs, ...event });
  }
}

type EventBody = Parameters<FakeRecorder["event"]>[0] extends infer Event
  ? Event extends { readonly atMs: number }
    ? Omit<Event, "atMs">
    : never
  : never;
/** What proves an edge of a fault, or why it was not seen. */
interface Seen {
  readonly witness?: Witness | undefined;
  readonly because?: string;
}
type FaultEdge = "commanded" | "bit" | "not-bitten" | "heal-commanded" | "healed" | "not-healed";

function reference({ id, role, node }: Break["target"]): TargetReference {
  return { id, role, node };
}

/** Returns the targets that run on the nodes among the given targets. */
function standingOn(targets: readonly TargetReference[], all: readonly Break["target"][]): TargetReference[] {
  const nodes = new Set(targets.flatMap(({ role, node }) => (role === "node" ? [node] : [])));
  return all.filter(({ role, node }) => role !== "node" && nodes.has(node)).map(reference);
}

function* wait(ms: number): FakeScript {
  yield ms;
}
