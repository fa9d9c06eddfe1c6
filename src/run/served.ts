/**
 * Whether users are served again, as the probes of the run report it. A fault may end and every health check may hold while requests
 * still fail, for example until a standby has received what piled up. A fault that is injected then would be measured from an outage that
 * is not its own.
 */
import type { Operation } from "../history.ts";
import { RECOVERY_HOLD_MS } from "../outage/outages.ts";
import type { Run } from "../run.ts";
import { GamedayError } from "../std/errors.ts";
import { until } from "../std/wait.ts";
import { probeAnswer } from "./probe-answer.ts";

const LOOK_EVERY_MS = 100;

/** Collects the latest failure of every probe stream. */
export class ServedWatch {
  readonly #failedAtMs = new Map<string, number>();

  operation(operation: Operation): void {
    const answer = probeAnswer(operation);
    if (answer === null || answer.ok) return;
    const stream = `${answer.class}/${answer.connection}`;
    this.#failedAtMs.set(stream, Math.max(answer.atMs, this.#failedAtMs.get(stream) ?? 0));
  }

  /** Returns the streams that failed within what the judge calls a sustained recovery; empty: users are served. */
  failing(nowMs: number): string[] {
    return [...this.#failedAtMs].filter(([, atMs]) => nowMs - atMs < RECOVERY_HOLD_MS).map(([stream]) => stream);
  }
}

/** Waits until users are served, or the time is up: whether they recovered is for the judge to decide. */
export async function awaitServed(run: Run, watch: ServedWatch, deadlineMs: number): Promise<void> {
  const failing = () => watch.failing(run.clock.nowMs());
  const what = "users to be served again";
  const seen = () => `failures of ${failing().join(", ")}`;
  const wait = { what, deadlineMs, everyMs: LOOK_EVERY_MS, signal: run.stop.signal, seen };
  try {
    await until(() => failing().length === 0, wait);
  } catch (thrown) {
    if (run.stop.signal.aborted || !(thrown instanceof GamedayError)) throw thrown;
    run.evidence.event({ atMs: run.clock.nowMs(), type: "note", source: "experiments", says: thrown.message });
  }
}
