/**
 * Follows one change from the intention to the proof that it is gone. Whatever happens, it is undone or remains in the
 * journal.
 */
import type { ChangeRequest } from "../fault.ts";
import type { Journal } from "../journal.ts";
import { contractOf } from "../platform/capability.ts";
import { type Capability, type Change, capabilityOf, type Platform, type Witness } from "../platform.ts";
import type { Clock } from "../std/clock.ts";
import { withDeadline } from "../std/deadline.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import { until } from "../std/wait.ts";
import type { TimelineEvent } from "../timeline.ts";

/** How long each kind of step may take. */
export interface FaultDeadlines {
  /** One call of prior, apply or revert. */
  readonly stepMs: number;
  /** From apply to the proof of the bite. */
  readonly biteMs: number;
  /** From revert to the proof of the healing; a database member has to rejoin within this time. */
  readonly healMs: number;
}

export const DEFAULT_DEADLINES: FaultDeadlines = { stepMs: 30_000, biteMs: 15_000, healMs: 120_000 };

/** What all changes of an injection share. */
export interface ChangeContext {
  readonly platform: Platform;
  readonly experiment: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly emit: (event: TimelineEvent) => void;
  readonly expiresAfterMs: number | null;
  readonly deadlines: FaultDeadlines;
  /** Throws if nobody would undo our changes if we died now. */
  readonly assertGuarded: () => void;
}

/** The final state of one change. */
export interface Healing {
  readonly change: Change;
  /** Whether it was undone, or needed no undoing. */
  readonly reverted: boolean;
  /** The proof that it is gone; null: there was none in time. */
  readonly witness: Witness | null;
  /** What went wrong on the way, in words. */
  readonly because: readonly string[];
}

type FaultEdge = Extract<TimelineEvent, { type: "fault" }>["edge"];

const REVERT_ATTEMPTS_MAX = 3;
const NEVER_ABORTED = new AbortController().signal;

export class LiveChange {
  readonly change: Change;
  readonly #context: ChangeContext;
  readonly #capability: Capability;
  readonly #undo: boolean;
  readonly #trouble: string[] = [];
  /** The promise of apply: even an apply that timed out is waited for before it is undone. */
  #applied: Promise<unknown> = Promise.resolve();
  #reverted = false;

  private constructor(context: ChangeContext, capability: Capability, change: Change, undo: boolean) {
    this.#context = context;
    this.#capability = capability;
    this.change = change;
    this.#undo = undo;
  }

  /** Reads the state to return to; nothing is changed or written yet. */
  static async prepare(context: ChangeContext, request: ChangeRequest, id: string, signal: AbortSignal) {
    const { target, parameters } = request;
    const capability = demandCapability(context.platform, request);
    demandFit(request);
    const what = `to read the state of ${target.id} before ${request.capability}`;
    const prior = await withDeadline({ what, deadlineMs: context.deadlines.stepMs, signal }, (inner) =>
      capability.prior(target, parameters, inner),
    );
    const undo = request.undo !== false;
    const { role, node } = target;
    const reference = { id: target.id, role, node };
    const expiresAfterMs = undo ? context.expiresAfterMs : null;
    const change: Change = { id, capability: request.capability, target: reference, parameters, prior, expiresAfterMs };
    return new LiveChange(context, capability, change, undo);
  }

  /** Writes the intention to the journal, then makes the change. */
  async make(signal: AbortSignal): Promise<void> {
    const { journal, deadlines, assertGuarded } = this.#context;
    await journal.intend(this.change);
    signal.throwIfAborted();
    assertGuarded();
    this.#emit("commanded");
    await withDeadline({ what: this.#what("done"), deadlineMs: deadlines.stepMs, signal }, (inner) => {
      this.#applied = this.#capability.apply(this.change, inner);
      return this.#applied;
    });
  }

  /** Returns whether the change was proven to bite in time. */
  async bite(signal: AbortSignal): Promise<boolean> {
    const witness = await this.#look("seen to bite", this.#context.deadlines.biteMs, signal, (inner) =>
      this.#capability.bitten(this.change, inner),
    );
    if (typeof witness === "string") this.#emit("not-bitten", { because: witness });
    else this.#emit("bit", { witness });
    return typeof witness !== "string";
  }

  /** Undoes the change, unless the platform repairs it itself. Never throws. */
  async undo(): Promise<void> {
    if (this.#undo) await this.#revert();
  }

  /** Waits for the proof that the change is gone; what the platform did not repair in time is undone now. Never throws. */
  async prove(): Promise<Healing> {
    let witness = await this.#healed();
    if (!this.#undo && typeof witness === "string") {
      await this.#revert();
      witness = await this.#healed();
    } else if (!this.#undo) this.#reverted = true;
    return typeof witness !== "string" && this.#reverted ? await this.#close(witness) : this.#fail(witness);
  }

  async #revert(): Promise<void> {
    await this.#settle();
    await this.#quietly(() => this.#emit("heal-commanded"));
    for (let attempt = 1; attempt <= REVERT_ATTEMPTS_MAX && !this.#reverted; attempt++) await this.#attemptRevert();
    if (this.#reverted) await this.#quietly(() => this.#context.journal.reverted(this.change, "gameday"));
  }

  async #attemptRevert(): Promise<void> {
    const limit = { what: this.#what("undone"), deadlineMs: this.#context.deadlines.stepMs };
    await this.#quietly(async () => {
      await withDeadline(limit, (signal) => this.#capability.revert(this.change, signal));
      this.#reverted = true;
    });
  }

  /** Waits, within bounds, for an apply that timed out: it may still take effect, and must have ended before it is undone. */
  async #settle(): Promise<void> {
    const limit = { what: this.#what("over"), deadlineMs: this.#context.deadlines.stepMs };
    await Promise.allSettled([withDeadline(limit, () => this.#applied)]); // make() has already thrown its error
  }

  async #close(witness: Witness): Promise<Healing> {
    await this.#quietly(() => this.#context.journal.healed(this.change, "gameday"));
    await this.#quietly(() => this.#emit("healed", { witness }));
    return { change: this.change, reverted: true, witness, because: this.#trouble };
  }

  async #fail(witness: Witness | string): Promise<Healing> {
    if (typeof witness === "string") this.#trouble.push(witness);
    await this.#quietly(() => this.#emit("not-healed", { because: this.#trouble.join("; ") }));
    return { change: this.change, reverted: this.#reverted, witness: null, because: this.#trouble };
  }

  #healed(): Promise<Witness | string> {
    return this.#look("seen healed", this.#context.deadlines.healMs, NEVER_ABORTED, (inner) =>
      this.#capability.healed(this.change, inner),
    );
  }

  /** Returns the witness, or the reason in words why there is none. Throws only the reason of an aborted signal. */
  async #look(
    done: string,
    deadlineMs: number,
    signal: AbortSignal,
    look: (signal: AbortSignal) => Promise<Witness | null>,
  ): Promise<Witness | string> {
    const what = this.#what(done);
    try {
      // The outer deadline is for a check that never returns.
      return await withDeadline({ what, deadlineMs: deadlineMs + this.#context.deadlines.stepMs, signal }, (inner) =>
        until(() => look(inner), { what, deadlineMs, signal: inner }),
      );
    } catch (thrown) {
      signal.throwIfAborted();
      return messageOf(thrown);
    }
  }

  /** Continues healing whatever fails beside it; the failure is reported at the end. */
  async #quietly(work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#trouble.push(messageOf(thrown));
    }
  }

  #what(done: string): string {
    return `${this.change.capability} of ${this.change.target.id} to be ${done}`;
  }

  #emit(edge: FaultEdge, more: { witness?: Witness; because?: string } = {}): void {
    const { clock, experiment, emit } = this.#context;
    const { capability, target } = this.change;
    emit({ atMs: clock.nowMs(), type: "fault", experiment, edge, target: target.id, capability, ...more });
  }
}

function demandCapability(platform: Platform, request: ChangeRequest): Capability {
  const capability = capabilityOf(platform, request.capability);
  if (capability !== undefined) return capability;
  throw new GamedayError({
    code: "capability-missing",
    expected: `a platform that supports "${request.capability}"`,
    got: `"${platform.kind}", which supports ${Object.keys(platform.can).join(", ") || "nothing"}`,
    exitCode: ExitCode.notReady,
  });
}

/** Throws GamedayError if a kind of fault requests a change with parameters that the capability's contract does not allow. */
function demandFit({ capability, target, parameters }: ChangeRequest): void {
  const { success, error } = contractOf(capability).parameters.safeParse(parameters);
  if (success) return;
  throw new GamedayError({
    code: "capability-parameters",
    expected: `the parameters that "${capability}" takes`,
    got: `for ${target.id}: ${error.issues.map((issue) => [...issue.path, issue.message].join(": ")).join("; ")}`,
    exitCode: ExitCode.bug,
  });
}
