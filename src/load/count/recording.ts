/** Writes operations that scripts record to the history, under the claim of their object, for every outcome of the call. */
import type { Operation, Outcome } from "../../history.ts";
import { outcomeOf } from "../../scenario/outcome.ts";
import { describe } from "../../scenario/shape.ts";
import type { Recorded, Reply } from "../../scenario.ts";
import type { Clock } from "../../std/clock.ts";
import { GamedayError } from "../../std/errors.ts";
import { UserStopped } from "../user/stopped.ts";

/** The clock for recording operations, and the receiver of what is recorded. */
export interface RecordingWorld {
  readonly clock: Clock;
  onOperation(operation: Operation): void;
}

type Subject = Pick<Recorded, "object" | "kind" | "id" | "input" | "key" | "attempt"> & Pick<Operation, "idWasMade">;

/** Deeper than any real data; a value that contains itself is deeper still. */
const DEPTH_MAX = 100;

/** Throws when a value cannot be serialized: it would cause the loss of all operations that are sent in the same message. */
export function demandJson(what: string, value: unknown, depth = 0): void {
  if (typeof value === "bigint" || depth > DEPTH_MAX)
    throw noJson(what, typeof value === "bigint" ? "a bigint" : "one that holds itself");
  if (typeof value !== "object" || value === null) return;
  for (const key in value) demandJson(what, (value as Record<string, unknown>)[key], depth + 1);
}

function noJson(what: string, got: string): GamedayError {
  return new GamedayError({ code: "record-no-json", expected: `${what} as JSON`, got });
}

function demandOperation({ object, kind, id, input }: Subject): void {
  if (typeof object !== "string" || typeof kind !== "string" || typeof id !== "string") {
    const expected = "an operation with object, kind and id as texts";
    throw new GamedayError({ code: "record-incomplete", expected, got: describe({ object, kind, id }) });
  }
  demandJson("the input of an operation", input);
}

/** Begins an operation now, `lateMs` after it was due, and returns the function that records its outcome. */
export function beginOperation(
  world: RecordingWorld,
  process: string,
  subject: Subject,
  lateMs: number,
): (outcome: Outcome) => void {
  demandOperation(subject);
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
      ...(subject.idWasMade === true && { idWasMade: true }),
    });
}

/** Runs a call whose reply determines the outcome of the operation. */
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
    const found = outcomeOf(reply, operation);
    if (found.type === "ok") demandJson("the output of an operation", found.output);
    outcome = found;
  } finally {
    tell(outcome);
  }
  return reply;
}

/** Returns the error for a record() without a call, which is required for every call that is not of user.http. */
export function noCall(kind: string): GamedayError {
  return new GamedayError({
    code: "record-without-call",
    expected: `record("${kind}", input, call)`,
    got: "no call",
    hint: "record(operation, call) is for calls of user.http",
  });
}
