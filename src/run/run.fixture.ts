/**
 * A run over simulated parts, for tests of the conductor: an in-memory platform that does what the test sets up, and records
 * it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openEvidence } from "../evidence/reader.ts";
import { EvidenceWriter } from "../evidence/writer.ts";
import type { Journal } from "../journal.ts";
import type { ExperimentPlan, Plan } from "../plan.ts";
import { DEFAULT_STOP_PLAN } from "../plan.ts";
import type { Change, HealthLine, Platform, Residue, Target } from "../platform.ts";
import type { Run, Running, RunParts } from "../run.ts";
import { monotonicClock } from "../std/clock.ts";
import type { TimelineEvent } from "../timeline.ts";

export class SimulatedPlatform implements Platform {
  readonly kind = "simulated";
  readonly stopped = new Set<string>();
  /** What was done, in order. */
  readonly done: string[] = [];
  residue: Residue[] = [];
  baseUrl = "http://127.0.0.1:9";
  inside?: NonNullable<Platform["inside"]>;
  healthy: () => boolean = () => this.stopped.size === 0;

  readonly can: Platform["can"] = {
    stop: {
      prior: async () => null,
      apply: async (change) => this.#do("apply", change, () => this.stopped.add(change.target.id)),
      bitten: async (change) =>
        this.stopped.has(change.target.id) ? { atMs: 0, says: "gone", source: "memory" } : null,
      revert: async (change) => this.#do("revert", change, () => this.stopped.delete(change.target.id)),
      healed: async (change) =>
        this.stopped.has(change.target.id) ? null : { atMs: 0, says: "back", source: "memory" },
    },
  };

  async prepare(_signal?: AbortSignal): Promise<void> {
    this.done.push("prepare");
  }
  async health(): Promise<HealthLine[]> {
    const ok = this.healthy();
    return [{ id: "members", name: "members", ok, expected: "3", seen: ok ? "3" : "2" }];
  }
  async topology(): Promise<Target[]> {
    return ["n1", "n2", "n3"].map((node) => ({
      id: `postgres/${node}`,
      role: "postgres",
      node,
      leader: node === "n1",
      healthy: true,
      labels: {},
    }));
  }
  endpoint(): string {
    return this.baseUrl;
  }
  watch(_emit: (event: TimelineEvent) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  }
  async restore(): Promise<Residue[]> {
    this.done.push("restore");
    return this.residue;
  }
  async collect(): Promise<void> {
    this.done.push("collect");
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.done.push("dispose");
  }

  async #do(what: string, change: Change, effect: () => void): Promise<void> {
    this.done.push(`${what} ${change.target.id}`);
    effect();
  }
}

export const killLeader: ExperimentPlan = {
  name: "leader dies",
  fault: "kill-leader",
  selector: { role: "postgres" },
  parameters: {},
  holdMs: 20,
  recoverWithinMs: 500,
  settleMs: 1,
};

export function simulatedPlan(over: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    name: "simulated",
    seed: "7",
    platform: { kind: "simulated" },
    load: {
      scenarios: [],
      executor: "ramping-vus",
      stages: [{ durationMs: 5, target: 1 }],
      workers: 1,
      gracefulStopMs: 10,
      env: {},
      thresholds: {},
    },
    probes: { file: "/nowhere/probes.ts" },
    warmUpMs: 5,
    calmMs: 5,
    autoscaling: null,
    stopWhen: DEFAULT_STOP_PLAN,
    experiments: [killLeader],
    claims: [],
    ledger: { quietMs: 1, betweenReadsMs: 1 },
    cleanUp: null,
    objectives: [],
    ...over,
  };
}

/** A part that runs until it is stopped or until `die` is called. */
export class SimulatedPart implements Running {
  stops = 0;
  die: (cause: Error) => void = () => undefined;
  readonly finished: Promise<void>;
  readonly #end: () => void;
  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#end = resolve;
    this.die = reject;
    promise.catch(() => undefined);
  }
  async stop(): Promise<void> {
    this.stops++;
    this.#end();
  }
}

export interface SimulatedRun {
  readonly run: Run;
  readonly platform: SimulatedPlatform;
  readonly load: SimulatedPart;
  readonly probes: SimulatedPart;
  /** Returns the timeline as it is on disk. */
  timeline(): readonly TimelineEvent[];
  ledger(): ReturnType<ReturnType<typeof openEvidence>["ledger"]>;
}

export function simulatedRun(context: TestContext, plan: Plan = simulatedPlan()): SimulatedRun {
  const parent = mkdtempSync(join(tmpdir(), "gameday-run-"));
  context.after(() => rmSync(parent, { recursive: true }));
  const folder = join(parent, "run");
  const platform = new SimulatedPlatform();
  const [load, probes] = [new SimulatedPart(), new SimulatedPart()];
  const parts: RunParts = {
    startLoad: async () => load,
    startProbes: async () => probes,
    live: () => null,
    reportSoFar: () => undefined,
  };
  const record = {
    version: 1,
    runId: "simulated-1",
    plan,
    seed: "7",
    command: "",
    startedAt: "",
    tool: { name: "", version: "" },
    environment: {},
  };
  const evidence = new EvidenceWriter({ folder, run: record, planText: "", redact: null, owner: null });
  const journal: Journal = {
    intend: async () => undefined,
    reverted: async () => undefined,
    healed: async () => undefined,
  };
  const clock = monotonicClock();
  const run: Run = {
    runId: "simulated-1",
    plan,
    planFolder: parent,
    seed: "7",
    clock,
    platform,
    evidence,
    journal,
    parts,
    assertGuarded: () => undefined,
    stop: new AbortController(),
  };
  const read = () => {
    evidence.close();
    return openEvidence(folder);
  };
  return { run, platform, load, probes, timeline: () => read().timeline, ledger: () => read().ledger() };
}

/** What the clean-up leaves (0 by default), and how many of its first calls are not answered. */
export interface CleanUpAnswers {
  readonly remaining?: unknown;
  readonly unanswered?: number;
}

/** Serves an audit of the given pages, and a clean-up; returns the requests in order. */
export async function serveAudit(
  context: TestContext,
  simulated: SimulatedRun,
  pages: readonly object[],
  cleanUp: CleanUpAnswers = {},
): Promise<string[]> {
  const { remaining = 0 } = cleanUp;
  let { unanswered = 0 } = cleanUp;
  const asked: string[] = [];
  let page = 0;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.method === "POST" && unanswered-- > 0) response.statusCode = 504;
    const body = request.method === "POST" ? { remaining } : (pages[page++] ?? pages.at(-1));
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  simulated.platform.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return asked;
}
