/**
 * A run on the fake in virtual time, conducted by the real conductor: the real injection, journal port, health checks, stop
 * conditions and ledger readings, with the simulated users and probes of this folder. Unlike simulate.ts, it cannot make the tool
 * itself lie, because the real conductor does not.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openEvidence } from "../../src/evidence/reader.ts";
import { EvidenceWriter } from "../../src/evidence/writer.ts";
import { EVIDENCE_VERSION, type Evidence } from "../../src/evidence.ts";
import type { Journal } from "../../src/journal.ts";
import type { ClaimPlan, ExperimentPlan, Plan } from "../../src/plan.ts";
import type { FoundInLog } from "../../src/platform/fake/log.ts";
import { FakePlatform } from "../../src/platform/fake/real-time.ts";
import type { InsidePlace, Queries } from "../../src/platform.ts";
import { conduct } from "../../src/run/conductor.ts";
import type { Run, RunParts } from "../../src/run.ts";
import { seededRandom } from "../../src/std/random.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import { type CrewOptions, SimulatedCrew } from "./crew.ts";
import { DRILLS, type Drill } from "./drill.ts";
import { FakeRecorder } from "./recorder.ts";
import { type SimulationOptions, settle } from "./simulate.ts";
import { RUN_ID, simulatedPlan } from "./simulated-plan.ts";
import { VirtualTime } from "./virtual-time.ts";

export interface ConductedRun {
  readonly plan: Plan;
  readonly seed: string;
  readonly crew: CrewOptions;
}

/** Conducts the run to its end and returns its evidence. The claims' ledgers are read from the model, as SQL. */
export async function conductRun(run: ConductedRun): Promise<Evidence> {
  using time = new VirtualTime();
  const folder = mkdtempSync(join(tmpdir(), "gameday-virtual-"));
  try {
    return await new Stage(time, run, join(folder, "run")).play();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Conducts what `simulateRun` would simulate, with the kinds of fault of the catalogue. */
export function conductSimulation(options: SimulationOptions): Promise<Evidence> {
  const settled = settle(options);
  const plan = simulatedPlan({ ...settled, name: "fake" });
  const experiments = settled.drills.map((name) => experimentOf(DRILLS[name]));
  const stages = [{ durationMs: 1_000, target: settled.users }];
  const load = { ...plan.load, executor: "ramping-vus" as const, stages };
  return conductRun({ plan: { ...plan, experiments, load }, seed: settled.seed, crew: settled });
}

function experimentOf({ plan, clientsInside }: Drill): ExperimentPlan {
  return { ...plan, parameters: {}, ...(clientsInside && { insideProbes: "/simulated/inside.ts" }) };
}

const READ_MS = 15;
const NO_JOURNAL: Journal = {
  intend: async () => undefined,
  reverted: async () => undefined,
  healed: async () => undefined,
};

class Stage {
  readonly #time: VirtualTime;
  readonly #given: ConductedRun;
  readonly #plan: Plan;
  readonly #recorder = new FakeRecorder();
  readonly #platform: FakePlatform;
  readonly #crew: SimulatedCrew;
  readonly #folder: string;
  /** How often each object's ledger has been read. */
  readonly #reads = new Map<string, number>();

  constructor(time: VirtualTime, given: ConductedRun, folder: string) {
    this.#time = time;
    this.#given = given;
    this.#plan = { ...given.plan, claims: given.plan.claims.map(bySql), cleanUp: null };
    this.#folder = folder;
    const { behaviour } = given.crew;
    this.#platform = new FakePlatform({ behaviour, seed: given.seed, autoscaler: false, clock: time });
    this.#crew = new SimulatedCrew(this.#platform.site, this.#recorder, seededRandom(given.seed), given.crew);
  }

  async play(): Promise<Evidence> {
    const record = this.#record();
    const evidence = new EvidenceWriter({ folder: this.#folder, run: record, planText: "", redact: null, owner: null });
    evidence.onEvent((event) => this.#see(event));
    const { seed } = this.#given;
    const run: Run = {
      runId: record.runId,
      plan: this.#plan,
      planFolder: this.#folder,
      seed,
      clock: this.#time,
      platform: this.#withQueries(),
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
    this.#recorder.ledger.push(...openEvidence(this.#folder).ledger());
    return this.#evidence(record);
  }

  /** Records the event, and has the crew make the mistakes that it is to make around a fault. */
  #see(event: TimelineEvent): void {
    this.#recorder.event(event);
    if (event.type === "experiment") this.#crew.beforeFault(event.edge === "begin");
    if (event.type !== "fault") return;
    if (event.edge === "commanded") this.#crew.beforeFault(false);
    if (event.edge === "bit") this.#crew.onBite();
  }

  /** Returns the platform with what the model knows and the fake does not offer: its ledgers as SQL, and places on its nodes. */
  #withQueries(): FakePlatform & { readonly queries: Queries } {
    const { site } = this.#platform;
    const sql: Queries["sql"] = async (object) => {
      const rows = this.#foundIn(object).map(({ id, count, value }) => [id, count, value ?? null]);
      await delay(READ_MS);
      return { columns: ["id", "count", "value"], rows, source: site.database.leader.id };
    };
    const inside = async (node: string): Promise<InsidePlace> => ({
      node,
      baseUrl: "",
      enter: [],
      [Symbol.asyncDispose]: async () => undefined,
    });
    return Object.assign(this.#platform, { queries: { sql }, inside });
  }

  /** Returns what one read of an object's ledger finds, which may come from a copy that lags, or never. */
  #foundIn(object: string): FoundInLog[] {
    const { site } = this.#platform;
    const { report } = site.behaviour;
    const read = (this.#reads.get(object) ?? 0) + 1;
    this.#reads.set(object, read);
    if (read > (report.ledgerReads ?? Number.POSITIVE_INFINITY)) throw new Error("the ledger does not answer");
    if (!report.ledgerComplete) throw new Error("the connection broke half-way");
    return site.found(object, read === 1 ? report.firstReadLagMs : 0);
  }

  /** Returns the simulated crew: users and probes start together with the load, and end one after the other. */
  #parts(): RunParts {
    const crew = this.#crew;
    return {
      startLoad: async () => {
        this.#recordWorker("joined", 0);
        crew.begin();
        return { stop: once(() => crew.rampDown()) };
      },
      startProbes: async ({ inside }) => {
        if (inside === undefined) return { stop: once(() => this.#endCrew()) };
        crew.beginInside(inside.name.split("/").at(-1) ?? "");
        return { stop: once(() => crew.endInside()) };
      },
      live: () => null,
      reportSoFar: () => undefined,
    };
  }

  #endCrew(): void {
    this.#crew.end();
    this.#crew.stopWatching();
    this.#recordWorker("left", this.#crew.lastSequence);
  }

  #recordWorker(edge: "joined" | "left", lastSequence: number): void {
    this.#recorder.event({ atMs: this.#time.nowMs(), type: "worker", worker: "w0", edge, lastSequence });
  }

  #record(): Evidence["run"] {
    return {
      version: EVIDENCE_VERSION,
      runId: RUN_ID,
      plan: this.#plan,
      seed: this.#given.seed,
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

function once(end: () => void): () => Promise<void> {
  let isStopped = false;
  return async () => {
    if (!isStopped) end();
    isStopped = true;
  };
}

/** Returns the claim with its ledger as a statement that names the object; the model answers it. */
function bySql(claim: ClaimPlan): ClaimPlan {
  return claim.source.kind === "none" ? claim : { ...claim, source: { kind: "sql", statement: claim.object } };
}
