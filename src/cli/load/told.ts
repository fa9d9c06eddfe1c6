/** Receives everything that a load reports, and passes it on: to the summary, to the evidence if there is a folder, and to outputs. */
import { join, relative } from "node:path";
import type { World } from "../../cli.ts";
import type { EvidenceWriter } from "../../evidence/writer.ts";
import type { Recorder } from "../../load/count/recorder.ts";
import { OUTPUTS } from "../../output/catalogue.ts";
import { Outputs } from "../../output/outputs.ts";
import { BARE } from "../../plan/bare.ts";
import type { Plan } from "../../plan.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { outputFlagsOf } from "../output-flags.ts";
import type { LoadListener } from "./earlier.ts";
import type { LoadFlags, LoadJob } from "./flags.ts";
import type { LoadFolder } from "./folder.ts";
import { type LoadIdentity, planTextOf, recordedPlan, recordOf } from "./record.ts";

export interface Telling extends LoadIdentity {
  readonly flags: LoadFlags;
  readonly job: LoadJob;
  readonly recorder: Recorder;
  readonly folder: LoadFolder | null;
  readonly abort: AbortController;
  readonly isTakenOver: boolean;
}

export class LoadTold implements AsyncDisposable {
  readonly plan: Plan;
  /** The folder in which an earlier coordinator recorded the beginning of this run; null if there is none. */
  readonly resumed: string | null;
  readonly #world: World;
  readonly #telling: Telling;
  readonly #outputs: Outputs;
  readonly #evidence: EvidenceWriter | null;
  #isClosed = false;

  private constructor(world: World, telling: Telling, parts: { plan: Plan; outputs: Outputs }) {
    const { folder, flags, isTakenOver, runId, abort } = telling;
    this.#world = world;
    this.#telling = telling;
    this.plan = parts.plan;
    this.#outputs = parts.outputs;
    const run = recordOf(world, telling, parts.plan, flags);
    const text = planTextOf(parts.plan, run.command);
    this.#evidence = folder?.open({ run, planText: text, redact: null, owner: world.owner }, isTakenOver) ?? null;
    this.resumed = folder?.holds(runId) === true ? folder.path : null;
    this.#evidence?.onFailure((failure) => abort.abort(failure));
    if (this.#evidence !== null) this.#outputs.listenTo(this.#evidence);
  }

  /** Opens evidence and outputs. Throws GamedayError if what was asked for is not possible. */
  static async open(world: World, telling: Telling): Promise<LoadTold> {
    const { runId, seed, clock, flags, job, folder } = telling;
    const plan = recordedPlan(world, telling.baseUrl, job.plan, flags.seed ?? null);
    const startedAtMs = world.now().getTime() - clock.nowMs();
    const about = {
      plan: plan.name,
      platform: BARE,
      version: world.version,
      folder: folder?.path ?? null,
      redact: null,
    };
    const say = (text: string) => void world.stderr.write(`gameday: ${text}\n`);
    const context = { runId, seed, clock, startedAtMs, say, ...about };
    const outputs = await Outputs.open(OUTPUTS, context, { flags: outputFlagsOf({ ...flags }), env: world.env });
    try {
      return new LoadTold(world, telling, { plan, outputs });
    } catch (thrown) {
      await outputs[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** What the coordinator calls. */
  get listener(): LoadListener {
    const { recorder } = this.#telling;
    const further = this.#evidence ?? this.#outputs;
    return {
      onInterval: (interval) => {
        recorder.interval(interval);
        further.interval(interval);
      },
      onOperation: (operation) => further.operation(operation),
      onEvent: (event) => this.event(event),
      onRequests: this.#outputs.onRequests,
    };
  }

  event(event: TimelineEvent): void {
    this.#telling.recorder.event(event);
    (this.#evidence ?? this.#outputs).event(event);
  }

  control(command: string, by: string, manual: boolean): void {
    this.event({ atMs: this.#telling.clock.nowMs(), type: "control", command, by, manual });
  }

  /** Records what happened to the load, in the evidence alone. */
  note(says: string): void {
    this.#evidence?.event({ atMs: this.#telling.clock.nowMs(), type: "note", source: "load", says });
  }

  /** Closes, seals and judges the evidence, and returns the path of its report; null if there is no folder, or it could not be written. */
  async close(): Promise<string | null> {
    if (this.#isClosed) return null;
    this.#isClosed = true;
    const lost = await this.#outputs.settle();
    for (const says of lost) this.#world.stderr.write(`gameday: ${says}\n`);
    const evidence = this.#evidence;
    if (evidence === null) return null;
    const { clock } = this.#telling;
    for (const says of lost) evidence.event({ atMs: clock.nowMs(), type: "note", source: "output", says });
    evidence.conclude(clock.nowMs());
    evidence.close();
    if (evidence.failure !== null) return null; // the error of the full disk is thrown by the load, which it ended
    const { sealAndJudge } = await import("../run/judgement.ts"); // not before the load: it takes time to be read
    this.#outputs.verdict(sealAndJudge(this.#world, evidence.folder));
    return relative(this.#world.cwd, join(evidence.folder, "report.html"));
  }

  /** Ends what is open. If the load never began, nothing was recorded: its files go, so that the same command can be given again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#outputs[Symbol.asyncDispose]();
    if (this.#isClosed) return;
    this.#evidence?.close();
    if (this.resumed === null) this.#telling.folder?.discard();
  }
}
