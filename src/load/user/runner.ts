/** The life cycle of a user: start, iterations with pauses, stop. An error that a script throws ends at most its iteration. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { placeOf, thrownAt } from "../../scenario/thrown.ts";
import { drawWeighted } from "../../scenario/weights.ts";
import type { ScenarioDefinition } from "../../scenario.ts";
import { formatPlace } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import type { Series } from "../count/metrics.ts";
import type { LoadUser } from "../user.ts";

/** The pause after an error that a script threw, so that a broken script does not spin. */
const AFTER_ERROR_MS = 1_000;

export interface RunnerWorld {
  /** Returns what the scenario's setup returned, as the caller's own (see own-copies.ts). */
  readonly data: (scenario: ScenarioDefinition) => Json;
  /** Is called for each error that a script throws; `says` describes it, with its place. */
  onScriptError(scenario: string, says: string): void;
  onNote(key: string, says: string): void;
  /** Is called for each user that did not leave in time; `where` is the part of its script that was running. */
  onGivenUp(where: string): void;
}

export class Runner {
  readonly user: LoadUser;
  readonly definition: ScenarioDefinition;
  /** Resolves when the user is gone. */
  readonly gone: Promise<void>;
  readonly #world: RunnerWorld;
  readonly #durations: Series;
  readonly #errors: Series;
  /** Counts the iterations that the end of the user cut off in a call or a pause. */
  readonly #interrupted: Series;
  readonly #weights: readonly number[] | null;
  /** The part of the script that is running, or that ran last. */
  #within: "onStart" | "run" | "onStop" = "run";
  #leaving = false;
  #betweenIterations = false;
  #setGone: () => void = () => undefined;

  constructor(user: LoadUser, definition: ScenarioDefinition, world: RunnerWorld) {
    this.user = user;
    this.definition = definition;
    this.#world = world;
    this.#durations = user.scope.custom("iteration_duration", "", true);
    this.#errors = user.scope.custom("script_errors", "", false, "counter");
    this.#interrupted = user.scope.custom("iterations_interrupted", "", false, "counter");
    this.#weights = definition.tasks?.map((task) => task.weight ?? 1) ?? null;
    this.gone = new Promise((resolve) => {
      this.#setGone = resolve;
    });
  }

  get leaving(): boolean {
    return this.#leaving;
  }

  /** Runs onStart until it succeeds. Returns false when the user was asked to leave in the meantime. */
  async start(): Promise<boolean> {
    const { onStart } = this.definition;
    while (!this.#leaving) {
      if (onStart === undefined) return true;
      this.#betweenIterations = false;
      this.#within = "onStart";
      const done = await this.#guard(() => onStart(this.user, this.#world.data(this.definition))); // a copy each time
      if (done) return true;
      await this.#pause(AFTER_ERROR_MS);
    }
    return false;
  }

  /** Runs one iteration, due at `dueMs` (0: now). */
  async iterate(dueMs: number): Promise<void> {
    const startedMs = performance.now();
    this.#begin(dueMs, startedMs);
    try {
      await this.#task();
    } catch (thrown) {
      return this.#failed(thrown, startedMs);
    }
    if (this.#completed(performance.now() - startedMs)) await this.#unawaited();
  }

  #begin(dueMs: number, nowMs: number): void {
    this.#betweenIterations = false;
    this.#within = "run";
    this.user.turn.begin(dueMs, nowMs);
  }

  /** Counts an iteration that did not throw. Returns true when it left calls behind that have not ended. */
  #completed(durationMs: number): boolean {
    const { session } = this.user;
    if (!session.closed) this.#durations.record(durationMs);
    return session.busy;
  }

  /**
   * Lets answers in, which a loop of calls that are begun and not awaited would never do. Has the session trace its next call,
   * so that the note can name the line that lacks an await.
   */
  async #unawaited(): Promise<void> {
    const { session } = this.user;
    const place = placeOf(session.lastCall);
    session.traced = place === undefined;
    if (place !== undefined) {
      const says = `scenario "${this.definition.name}" ends iterations before its calls have ended: is an await missing?`;
      this.#world.onNote(`unawaited:${this.definition.name}`, `${formatPlace(place)}: ${says}`);
    }
    await nextTurn();
  }

  async #failed(thrown: unknown, startedMs: number): Promise<void> {
    if (this.user.session.closed) return;
    this.#report(thrown);
    this.#durations.record(performance.now() - startedMs);
    this.#durations.failed++;
    await this.#pause(AFTER_ERROR_MS);
  }

  /**
   * Runs iterations with pauses until the user is asked to leave or `mayGoOn` returns false. An iteration is written out here,
   * and begins when the one before has ended: to await iterate() and to read the clock twice would cost a load without pauses a
   * few per cent of its CPU time.
   */
  async loop(mayGoOn: () => boolean): Promise<void> {
    const { turn, pauses } = this.user;
    let startedMs = performance.now();
    while (!this.#leaving && mayGoOn()) {
      const before = turn.activity;
      let endedMs = 0;
      this.#begin(0, startedMs);
      try {
        await this.#task();
        endedMs = performance.now();
      } catch (thrown) {
        await this.#failed(thrown, startedMs);
      }
      const isBusy = endedMs !== 0 && this.#completed(endedMs - startedMs);
      if (isBusy || endedMs === 0 || pauses.areBetweenIterations || turn.activity === before) {
        await this.#breathe(isBusy, before);
        endedMs = performance.now();
      }
      startedMs = endedMs;
    }
  }

  /** Does what has to happen between two iterations, unless the next may begin at once. */
  async #breathe(isBusy: boolean, activityBefore: number): Promise<void> {
    const { turn, pauses } = this.user;
    if (isBusy) await this.#unawaited();
    if (pauses.areBetweenIterations && !this.#leaving) await this.#pause();
    else if (turn.activity === activityBefore) await this.#idle();
  }

  /** Asks the user to leave after its current iteration. */
  leave(): void {
    this.#leaving = true;
    if (this.#betweenIterations) this.user.pauses.wake();
  }

  /**
   * Counts a user whose time to leave is over as gone, although its script may still hang in an await of its own (`interrupted`
   * is false then). The user is gone one turn of the event loop later, so that its aborted calls are recorded first.
   */
  abandon(interrupted: boolean): void {
    if (interrupted && this.#within === "run") this.#interrupted.record(1);
    else this.#world.onGivenUp(`${this.#within} of "${this.definition.name}"`);
    setImmediate(() => this.#setGone());
  }

  async finish(): Promise<void> {
    const { onStop } = this.definition;
    this.#within = "onStop";
    if (onStop !== undefined && !this.user.session.closed) await this.#guard(() => onStop(this.user));
    this.user.close();
    this.#setGone();
  }

  #task(): Promise<void> {
    const { run, tasks } = this.definition;
    if (run !== undefined) return run(this.user);
    const chosen = tasks?.[drawWeighted(this.#weights ?? [1], this.user.random.float())];
    return chosen === undefined ? Promise.resolve() : chosen.run(this.user);
  }

  async #guard(body: () => Promise<void>): Promise<boolean> {
    try {
      await body();
      return true;
    } catch (thrown) {
      if (!this.user.session.closed) this.#report(thrown);
      return false;
    }
  }

  #report(thrown: unknown): void {
    this.#errors.record(1);
    this.#world.onScriptError(this.definition.name, thrownAt(thrown));
  }

  /** Lets other users run, which iterations that await nothing of ours would never do. */
  async #idle(): Promise<void> {
    this.#world.onNote(
      `idle:${this.definition.name}`,
      `scenario "${this.definition.name}" has iterations without a request or a pause`,
    );
    await nextTurn();
  }

  /** Pauses between iterations. A request to leave ends the pause early. */
  #pause(durationMs?: number): Promise<void> {
    this.#betweenIterations = true;
    return this.user.pauses.rest(durationMs);
  }
}
