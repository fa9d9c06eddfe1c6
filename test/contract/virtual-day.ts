/**
 * Plays a whole game day in virtual time: the real conductor, the real injection and the real judge on the fake platform, with
 * simulated users. Node's mocked timers advance as fast as the code that waits for them can follow.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { EvidenceWriter } from "../../src/evidence/writer.ts";
import type { Evidence } from "../../src/evidence.ts";
import type { Journal } from "../../src/journal.ts";
import type { ExperimentPlan, Objective, Plan } from "../../src/plan.ts";
import { type Behaviour, type BehaviourChange, behave } from "../../src/platform/fake/behaviour.ts";
import { QUICK } from "../../src/platform/fake/quick.ts";
import { FakePlatform } from "../../src/platform/fake/real-time.ts";
import { conduct } from "../../src/run/conductor.ts";
import { simulatedPlan } from "../../src/run/run.fixture.ts";
import type { Run, RunParts } from "../../src/run.ts";
import type { Clock } from "../../src/std/clock.ts";
import { seededRandom } from "../../src/std/random.ts";
import { judge } from "../../src/verdict/judge.ts";
import type { Verdict } from "../../src/verdict.ts";
import { SimulatedCrew } from "../simulator/crew.ts";
import { FakeRecorder } from "../simulator/recorder.ts";

export interface VirtualDay {
  readonly experiments: readonly ExperimentPlan[];
  readonly objectives: readonly Objective[];
  readonly changes: readonly BehaviourChange[];
}

const STEP_MS = 10;
/** No game day here is longer; one that exceeds this number of steps hangs. */
const STEPS_MAX = 60_000;
const USERS = {
  users: 6,
  thinkMs: [60, 180],
  probes: ["order-write", "session-write", "read"],
  scaling: null,
} as const;

/** Plays the game day and judges its recordings. */
export async function playVirtually(context: TestContext, day: VirtualDay): Promise<Verdict> {
  const behaviour = behave([QUICK, ...day.changes]);
  const time = new VirtualTime(context);
  const folder = mkdtempSync(join(tmpdir(), "gameday-virtual-"));
  try {
    return await new Stage(time, behaviour, planOf(day), join(folder, "run")).play();
  } finally {
    time.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Timers and clocks that advance only on request. */
class VirtualTime implements Clock {
  readonly originNs = "0";
  readonly #context: TestContext;
  #nowMs = 0;

  constructor(context: TestContext) {
    this.#context = context;
    context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    context.mock.method(performance, "now", () => this.#nowMs);
    syncBuiltinESMExports(); // This also covers what was imported by name.
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /**
   * Advances the time until the work is done. Time stops while one of our child processes runs, because it does not know this
   * clock.
   */
  async until<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    for (let step = 0; !isDone && step < STEPS_MAX; ) {
      await turn();
      if (process.getActiveResourcesInfo().includes("ProcessWrap")) continue;
      step++;
      this.#nowMs += STEP_MS;
      this.#context.mock.timers.tick(STEP_MS);
    }
    if (!isDone) throw new Error(`expected an end within ${(STEPS_MAX * STEP_MS) / 1000} virtual seconds`);
    return await work;
  }

  end(): void {
    this.#context.mock.timers.reset();
    this.#context.mock.restoreAll();
    syncBuiltinESMExports();
  }
}

function planOf({ experiments, objectives }: VirtualDay): Plan {
  const users = { durationMs: 500, target: USERS.users };
  const plan = simulatedPlan({ experiments: [...experiments], objectives: [...objectives] });
  return {
    ...plan,
    platform: { kind: "fake" },
    load: { ...plan.load, stages: [users] },
    warmUpMs: 4_000,
    calmMs: 4_000,
  };
}

const NO_JOURNAL: Journal = {
  intend: async () => undefined,
  reverted: async () => undefined,
  healed: async () => undefined,
};

class Stage {
  readonly #time: VirtualTime;
  readonly #plan: Plan;
  readonly #recorder = new FakeRecorder();
  readonly #platform: FakePlatform;
  readonly #crew: SimulatedCrew;
  readonly #folder: string;

  constructor(time: VirtualTime, behaviour: Behaviour, plan: Plan, folder: string) {
    this.#time = time;
    this.#plan = plan;
    this.#folder = folder;
    this.#platform = new FakePlatform({ behaviour, seed: "1", autoscaler: false, clock: time });
    const random = seededRandom("virtual");
    this.#crew = new SimulatedCrew(this.#platform.site, this.#recorder, random, { ...USERS, behaviour });
  }

  async play(): Promise<Verdict> {
    const record = this.#record();
    const evidence = new EvidenceWriter({ folder: this.#folder, run: record, planText: "", redact: null, owner: null });
    evidence.onEvent((event) => this.#recorder.event(event));
    const run: Run = {
      runId: record.runId,
      plan: this.#plan,
      planFolder: this.#folder,
      seed: "1",
      clock: this.#time,
      platform: this.#platform,
      evidence,
      journal: NO_JOURNAL,
      parts: this.#parts(),
      assertGuarded: () => undefined,
      stop: new AbortController(),
    };
    try {
      await this.#time.until(conduct(run));
    } finally {
      evidence.close();
      await this.#platform[Symbol.asyncDispose]();
    }
    return judge(this.#evidence(record));
  }

  /** Returns the simulated crew: users and probes start together with the load, and end one after the other. */
  #parts(): RunParts {
    const recorder = this.#recorder;
    const worker = (edge: "joined" | "left") =>
      recorder.event({ atMs: this.#time.nowMs(), type: "worker", worker: "w0", edge, lastSequence: 0 });
    const once = (end: () => void) => {
      let isStopped = false;
      return async () => {
        if (!isStopped) end();
        isStopped = true;
      };
    };
    return {
      startLoad: async () => {
        worker("joined");
        this.#crew.begin();
        return { stop: once(() => this.#crew.rampDown()) };
      },
      startProbes: async () => ({
        stop: once(() => {
          this.#crew.end();
          this.#crew.stopWatching();
          worker("left");
        }),
      }),
      live: () => null,
      reportSoFar: () => undefined,
    };
  }

  #record(): Evidence["run"] {
    return {
      version: 1,
      runId: "simulated",
      plan: this.#plan,
      seed: "1",
      command: "a virtual game day",
      startedAt: "2026-01-01T00:00:00.000Z",
      tool: { name: "gameday", version: "virtual" },
      environment: { platform: "fake", time: "virtual" },
    };
  }

  #evidence(run: Evidence["run"]): Evidence {
    const { timeline, operations, intervals, ledger } = this.#recorder;
    return {
      run,
      timeline,
      operations: () => operations,
      intervals: () => intervals,
      ledger: () => ledger,
      flaws: [],
    };
  }
}
