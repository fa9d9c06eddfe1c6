/**
 * An injection is one fault in place: the targets are chosen, the changes are made, the bite is proven. Disposing it undoes
 * everything in reverse order and proves the healing, so that `await using` cannot forget it. This is implemented once for all
 * kinds of fault.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ChangeRequest, FaultKind } from "../fault.ts";
import type { Journal } from "../journal.ts";
import type { Change, Platform, Target } from "../platform.ts";
import type { Clock } from "../std/clock.ts";
import { withDeadline } from "../std/deadline.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import type { TimelineEvent } from "../timeline.ts";
import type { Choice, PlannedFault } from "./choice.ts";
import { type ChangeContext, DEFAULT_DEADLINES, type FaultDeadlines, type Healing, LiveChange } from "./live-change.ts";

export interface InjectionOptions {
  readonly experiment: string;
  readonly runId: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly emit: (event: TimelineEvent) => void;
  /** Milliseconds after which each change expires without us; null: never. */
  readonly expiresAfterMs: number | null;
  readonly deadlines?: Partial<FaultDeadlines>;
  /** Aborts the injecting, never the healing. */
  readonly signal: AbortSignal;
  /**
   * Called before anything is changed with the targets of each round, and with what else runs on the nodes that the round
   * hits.
   */
  readonly chosen?: (targets: readonly Target[], standing: readonly Target[]) => void;
  /** Throws if nobody would undo our changes if we died now (the watchdog has ended). */
  readonly assertGuarded?: () => void;
}

export interface Injection extends AsyncDisposable {
  readonly kind: string;
  /** All targets that were hit, in order. */
  readonly targets: readonly Target[];
  readonly changes: readonly Change[];
  /** Whether every change was proven to bite. */
  readonly bitten: boolean;
  /**
   * Undoes all changes and proves the healing. Never throws: what failed is reported by an event and in the result, and stays
   * in the journal.
   */
  heal(): Promise<readonly Healing[]>;
}

/**
 * Injects the fault and returns once every change has bitten, or was not proven to bite in time. If it fails, it undoes what
 * was done until then and throws GamedayError or the signal's reason.
 */
export async function inject(platform: Platform, fault: PlannedFault, options: InjectionOptions): Promise<Injection> {
  const injection = new RunningInjection(platform, fault, options);
  try {
    await injection.begin();
    return injection;
  } catch (thrown) {
    const healings = await injection.heal();
    throw options.signal.aborted ? options.signal.reason : notInjected(fault.kind, thrown, healings);
  }
}

class RunningInjection implements Injection {
  readonly kind: string;
  readonly targets: Target[] = [];
  bitten = true;
  readonly #fault: PlannedFault;
  readonly #options: InjectionOptions;
  readonly #context: ChangeContext;
  readonly #live: LiveChange[] = [];
  readonly #healings: Healing[] = [];
  #healed = 0;
  #healing: Promise<readonly Healing[]> | undefined;

  constructor(platform: Platform, fault: PlannedFault, options: InjectionOptions) {
    this.kind = fault.kind.name;
    this.#fault = fault;
    this.#options = options;
    this.#context = {
      platform,
      experiment: options.experiment,
      journal: options.journal,
      clock: options.clock,
      emit: options.emit,
      expiresAfterMs: options.expiresAfterMs,
      deadlines: { ...DEFAULT_DEADLINES, ...options.deadlines },
      assertGuarded: options.assertGuarded ?? (() => undefined),
    };
  }

  get changes(): Change[] {
    return this.#live.map((live) => live.change);
  }

  heal(): Promise<readonly Healing[]> {
    this.#healing ??= this.#healRound().then(() => this.#healings);
    return this.#healing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.heal();
  }

  async begin(): Promise<void> {
    const { kind, parameters } = this.#fault;
    const choosings = kind.rounds === "times" ? Number(parameters["times"]) : 1;
    for (let number = 0; number < choosings; number++) {
      if (number > 0) await this.#betweenRounds();
      await this.#chosen(this.#fault.choose(await this.#topology(), number));
    }
  }

  #topology(): Promise<Target[]> {
    const { platform, deadlines } = this.#context;
    return withDeadline(
      { what: "to read the topology", deadlineMs: deadlines.stepMs, signal: this.#options.signal },
      (inner) => platform.topology(inner),
    );
  }

  async #chosen(choices: readonly Choice[]): Promise<void> {
    for (const [index, { targets, requests, standing }] of choices.entries()) {
      if (index > 0) await this.#betweenRounds();
      this.#options.chosen?.(targets, standing);
      this.targets.push(...targets);
      await this.#round(requests);
    }
  }

  /** Makes all changes of a round in order before it waits for the first bite, so that they hit together. */
  async #round(requests: readonly ChangeRequest[]): Promise<void> {
    const { experiment, runId, signal } = this.#options;
    const first = this.#live.length;
    for (const request of requests) {
      const id = `${runId}/${experiment}/${this.#live.length + 1}`;
      const live = await LiveChange.prepare(this.#context, request, id, signal);
      this.#live.push(live);
      await live.make(signal);
    }
    const bites = await Promise.all(this.#live.slice(first).map((live) => live.bite(signal)));
    this.bitten &&= bites.every(Boolean);
  }

  async #betweenRounds(): Promise<void> {
    const { signal } = this.#options;
    const { parameters } = this.#fault;
    await delay(Number(parameters["downMs"] ?? 0), undefined, { signal });
    const healings = await this.#healRound();
    const failed = healings.filter((healing) => healing.witness === null);
    if (failed.length > 0) throw notHealedBetween(failed);
    await delay(Number(parameters["pauseMs"] ?? 0), undefined, { signal });
  }

  async #healRound(): Promise<Healing[]> {
    const round = this.#live.slice(this.#healed);
    this.#healed = this.#live.length;
    for (const live of round.toReversed()) await live.undo();
    const healings = await Promise.all(round.map((live) => live.prove()));
    this.#healings.push(...healings);
    return healings;
  }
}

function notInjected(kind: FaultKind, cause: unknown, healings: readonly Healing[]): GamedayError {
  if (cause instanceof GamedayError && healings.length === 0) return cause;
  const left = healings.filter((healing) => healing.witness === null);
  return new GamedayError({
    code: "fault-not-injected",
    expected: `to inject "${kind.name}"`,
    got: messageOf(cause),
    hint:
      left.length === 0
        ? "all changes made until then are undone; the platform neither passes nor fails because of it"
        : `not seen healed: ${left.map((healing) => healing.change.target.id).join(", ")}; run "gameday heal"`,
    exitCode: left.length === 0 ? ExitCode.notReady : ExitCode.residue,
    cause,
  });
}

function notHealedBetween(failed: readonly Healing[]): GamedayError {
  return new GamedayError({
    code: "fault-round-not-healed",
    expected: "each round to be healed before the next",
    got: failed.map((healing) => `${healing.change.target.id}: ${healing.because.join("; ")}`).join(", "),
    exitCode: ExitCode.notReady,
  });
}
