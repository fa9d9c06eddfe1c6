/** Operations that scripts record: told to the history under the claim of their object, whatever became of the call. */
import type { Operation, Outcome } from "../history.ts";
import { outcomeOf } from "../scenario/outcome.ts";
import type { Recorded, Reply } from "../scenario.ts";
import type { Clock } from "../std/clock.ts";
import { UserStopped } from "./stopped.ts";

/** Who records, and where it goes. */
export interface RecordingWorld {
  readonly clock: Clock;
  onOperation(operation: Operation): void;
}

type Subject = Pick<Recorded, "object" | "kind" | "id" | "input" | "key" | "attempt">;

/** Begins an operation now, `lateMs` after it was due; the function it gives tells how it ended. */
export function beginOperation(
  world: RecordingWorld,
  process: string,
  subject: Subject,
  lateMs: number,
): (outcome: Outcome) => void {
  const invokedAtMs = world.clock.nowMs();
  return (outcome) =>
    world.onOperation({
      id: subject.id,
      process,
      object: subject.object,
      kind: subject.kind,
      ...(subject.key === undefined ? {} : { key: subject.key }),
      input: subject.input,
      attempt: subject.attempt ?? 1,
      outcome,
      intendedAtMs: invokedAtMs - lateMs,
      invokedAtMs,
      completedAtMs: world.clock.nowMs(),
    });
}

/** Runs a call whose reply says what became of the operation. */
export async function recordReply(
  operation: Recorded,
  call: () => Promise<Reply>,
  tell: (outcome: Outcome) => void,
): Promise<Reply> {
  let reply: Reply;
  try {
    reply = await call();
  } catch (thrown) {
    tell({ type: "unknown", code: thrown instanceof UserStopped ? "aborted" : "script-error" });
    throw thrown;
  }
  let outcome: Outcome = { type: "unknown", code: "script-error" };
  try {
    outcome = outcomeOf(reply, operation);
  } finally {
    tell(outcome);
  }
  return reply;
}
