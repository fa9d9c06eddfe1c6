/** A job in progress: its users, its clock, and what it reports each second. */

import { extraTagsOf } from "../../objective/threshold-tags.ts";
import { stagePlanOf } from "../../plan/executors.ts";
import { isOpenModel } from "../../plan/open-model.ts";
import { piecesOf } from "../../plan/schedule.ts";
import { countersIn } from "../../scenario/counters.ts";
import { weightedPattern } from "../../scenario/weights.ts";
import type { ScenarioDefinition } from "../../scenario.ts";
import { type Clock, monotonicClock } from "../../std/clock.ts";
import type { Json } from "../../std/json.ts";
import { MetricRegistry } from "../count/metrics.ts";
import { Notes } from "../count/notes.ts";
import type { RequestBatch } from "../count/request-batch.ts";
import { RequestLog } from "../count/request-log.ts";
import { Scope } from "../count/scope.ts";
import { createExecutor } from "../executor/catalogue.ts";
import type { Executor, ExecutorWorld } from "../executor.ts";
import type { Epoch } from "../share.ts";
import { plainShares } from "../share.ts";
import { patternShares } from "../share-by-pattern.ts";
import { Alarms } from "../time/alarms.ts";
import { FineBell } from "../time/bell.ts";
import { ownCopies } from "../user/own-copies.ts";
import { Runner } from "../user/runner.ts";
import { runSetups, runTeardowns } from "../user/setup.ts";
import type { UserWorld } from "../user/world.ts";
import { LoadUser } from "../user.ts";
import type { FromWorker, Job } from "../wire/protocol.ts";
import { HealthWatch, type ProcessFigures } from "./health.ts";
import { OperationBatch } from "./operation-batch.ts";
import { userWorldOf } from "./user-world.ts";
import { warmUp } from "./warm-up.ts";

const INTERVAL_MS = 1_000;
const TICK_MS = 20;
const BEAT_MS = 500;
const OPERATIONS_MS = 100;

export class Work {
  readonly job: Job;
  readonly clock: Clock;
  readonly definitions: readonly ScenarioDefinition[];
  readonly registry: MetricRegistry;
  readonly scopes = new Map<ScenarioDefinition, Scope>();
  readonly health: HealthWatch;
  readonly notes: Notes;
  readonly users: UserWorld;
  readonly #tell: (message: FromWorker) => void;
  readonly #alarms: Alarms;
  readonly #operations: OperationBatch;
  /** Arrivals of an open model are due at exact moments; the pauses of a closed model do not need a thread. */
  readonly #bell: FineBell | null;
  readonly #open: boolean;
  readonly #pattern: (number: number) => number;
  readonly #extra: ReadonlySet<string>;
  #data: readonly (() => Json)[] = [];
  #executor: Executor | null = null;
  #epoch: Epoch | null = null;
  #startMs = 0;
  #intervals = 0;
  #intervalFromMs: number;
  #dropped = 0;
  #usersMax = 0;
  #stopped: Promise<void> | null = null;
  #ended = false;
  #tornDown: Promise<void> | null = null;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(
    job: Job,
    definitions: readonly ScenarioDefinition[],
    figures: ProcessFigures,
    tell: (message: FromWorker) => void,
  ) {
    this.job = job;
    this.definitions = definitions;
    this.#tell = tell;
    this.clock = monotonicClock(job.originNs);
    this.notes = new Notes((says, detail, kind) =>
      tell({ type: "note", says, detail, ...(kind !== undefined && { kind }) }),
    );
    this.registry = new MetricRegistry((metric) =>
      this.notes.once(
        "series",
        `too many request names, tags and metrics; ${metric} and later requests and checks are counted as (other), later metrics not at all`,
      ),
    );
    this.#operations = new OperationBatch((operations) => tell({ type: "operations", operations }));
    this.registry.requests = this.#requestLog();
    this.health = new HealthWatch(figures, (forMs) => this.#stalled(forMs));
    this.#alarms = this.#newAlarms();
    this.#open = isOpenModel(job.plan.executor);
    this.#bell = this.#open ? new FineBell() : null;
    this.#pattern = weightedPattern(weightsOf(job, definitions));
    this.#extra = extraTagsOf(job.plan.thresholds);
    this.users = userWorldOf({
      job,
      definitions,
      clock: this.clock,
      alarms: this.#alarms,
      onOperation: (operation) => this.#operations.add(operation),
      onNote: (key, says) => this.notes.once(key, says),
    });
    this.#intervalFromMs = this.clock.nowMs();
  }

  /** Resolves when everything that the load needs before it begins is ready. */
  async prepared(): Promise<void> {
    for (const [index, definition] of this.definitions.entries())
      this.#scope(definition).declare(countersIn(this.job.plan.scenarios[index]?.file ?? ""));
    if (this.#bell !== null) await Promise.all([this.#bell.ready, warmUp(this.users)]);
  }

  async setup(): Promise<void> {
    this.#tell({ type: "set-up", data: await runSetups(this.definitions, this.users) });
  }

  async teardown(data: readonly Json[]): Promise<void> {
    this.#tornDown ??= runTeardowns(this.definitions, this.users, data); // a coordinator that took over requests it again
    await this.#tornDown;
    this.#tell({ type: "torn-down" });
  }

  begin(startAtMs: number, epoch: Epoch, data: readonly Json[]): void {
    this.#data = data.map(ownCopies);
    this.#epoch = epoch;
    this.#startMs = performance.now() + startAtMs - this.clock.nowMs();
    this.#intervalFromMs = Math.max(this.clock.nowMs(), startAtMs);
    this.#executor = createExecutor(this.job.plan, this.#executorWorld(), epoch, this.#pieces(epoch));
    this.#timers.push(
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => this.#closeInterval(), INTERVAL_MS),
      setInterval(() => this.#tell({ type: "beat" }), BEAT_MS),
      setInterval(() => this.#flush(), OPERATIONS_MS),
    );
    this.#tick();
  }

  change(epoch: Epoch): void {
    this.#epoch = epoch;
    this.#executor?.change(epoch, this.#pieces(epoch));
    this.#tick();
  }

  /** Stops the users and reports "done". A second call only reports again, for a coordinator that was started again. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    await this.#stopped;
    this.#tell({ type: "done", usersMax: this.#usersMax });
  }

  /** Notes that all batches of single requests up to this number were written. */
  requestsWritten(number: number): void {
    this.registry.requests?.written(number);
  }

  /** Releases what the job holds, when it was not begun and will not be. */
  async discard(): Promise<void> {
    this.health.close();
    await this.#bell?.close();
  }

  /** Begins nothing more and reports all that was counted so far, when a worker is released during the load. */
  lastWords(): void {
    if (this.#executor === null || this.#ended) return;
    void this.#executor.stop();
    this.#sendRest();
  }

  async #stop(): Promise<void> {
    await this.#executor?.stop();
    await this.#bell?.close();
    for (const timer of this.#timers) clearInterval(timer);
    this.#sendRest();
    this.notes.close();
    this.health.close();
    this.#ended = true;
  }

  #newAlarms(bell?: FineBell): Alarms {
    return new Alarms((lateMs) => this.health.sendLag(lateMs), bell);
  }

  #pieces(epoch: Epoch) {
    const { plan } = this.job;
    const end = plan.arrivalsEndMs === undefined || !this.#open ? [] : [{ atMs: plan.arrivalsEndMs, target: 0 }];
    return piecesOf(stagePlanOf(plan), [...epoch.overrides, ...end]);
  }

  #tick(): void {
    const atMs = performance.now() - this.#startMs;
    if (atMs >= 0) this.#executor?.tick(atMs);
    this.#usersMax = Math.max(this.#usersMax, this.#executor?.alive ?? 0);
  }

  #closeInterval(): void {
    const toMs = this.clock.nowMs();
    const executor = this.#executor;
    if (executor === null || toMs <= this.#intervalFromMs) return;
    const examples = this.registry.examples.take(toMs - performance.now());
    const interval = {
      worker: this.job.worker,
      epoch: this.#epoch?.number ?? 0,
      sequence: ++this.#intervals,
      fromMs: this.#intervalFromMs,
      toMs,
      users: executor.alive,
      usersIntended: executor.intended(performance.now() - this.#startMs),
      dropped: this.#dropped,
      metrics: this.registry.take(),
      health: this.health.take(),
      ...(examples.length > 0 && { examples }),
    };
    this.#intervalFromMs = toMs;
    this.#dropped = 0;
    this.#tell({ type: "interval", interval });
  }

  #flush(): void {
    this.#operations.flush();
    this.registry.requests?.flush();
  }

  /** Sends what was recorded and counted since the last reports. */
  #sendRest(): void {
    this.#operations.flush();
    this.registry.requests?.close();
    this.#closeInterval();
  }

  #requestLog(): RequestLog | null {
    const { worker, requestBatchesMax: waitingMax } = this.job;
    if (waitingMax === undefined) return null;
    const send = (batch: RequestBatch) => this.#tell({ type: "requests", batch });
    return new RequestLog({ worker, waitingMax, clock: this.clock, send });
  }

  #stalled(forMs: number): void {
    const toMs = this.clock.nowMs();
    this.#tell({
      type: "gap",
      fromMs: toMs - forMs,
      toMs,
      because: `worker ${this.job.worker} was stalled for ${Math.round(forMs)} ms`,
    });
  }

  #scope(definition: ScenarioDefinition): Scope {
    let scope = this.scopes.get(definition);
    if (scope === undefined) {
      scope = new Scope(this.registry, { ...definition.tags, scenario: definition.name }, this.#open, this.#extra);
      this.scopes.set(definition, scope);
    }
    return scope;
  }

  #executorWorld(): ExecutorWorld {
    const runnerWorld = {
      data: (definition: ScenarioDefinition) => this.#data[this.definitions.indexOf(definition)]?.() ?? null,
      onScriptError: (scenario: string, says: string) =>
        this.notes.count(`script error in "${scenario}"`, says, "script-error"),
      onNote: (key: string, says: string) => this.notes.once(key, says),
      onGivenUp: (where: string) =>
        this.notes.count("given up after the graceful stop", `a user that was still in ${where}`),
    };
    return {
      slot: this.job.slot,
      alarms: this.#bell === null ? this.#alarms : this.#newAlarms(this.#bell),
      startMs: this.#startMs,
      gracefulStopMs: this.job.plan.gracefulStopMs,
      newRunner: (index, definition) =>
        new Runner(new LoadUser(index, definition, this.#scope(definition), this.users), definition, runnerWorld),
      sharesOf: (epoch) => (this.definitions.length === 1 ? plainShares(epoch) : patternShares(epoch, this.#pattern)),
      scenarioOf: (number) => this.definitions[this.#pattern(number)] as ScenarioDefinition,
      dropped: () => {
        this.#dropped++;
      },
      exhausted: () => this.#tell({ type: "exhausted" }),
      sendLag: (lateMs) => this.health.sendLag(lateMs),
    };
  }
}

function weightsOf(job: Job, definitions: readonly ScenarioDefinition[]): number[] {
  return definitions.map((definition, index) => job.plan.scenarios[index]?.weight ?? definition.weight ?? 1);
}
