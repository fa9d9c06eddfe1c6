/** Operations that scripts record: told to the history under the claim of their object, whatever became of the call. */
import type { Operation, Outcome } from "../../history.ts";
import { outcomeOf } from "../../scenario/outcome.ts";
import { describe } from "../../scenario/shape.ts";
import type { Recorded, Reply } from "../../scenario.ts";
import type { Clock } from "../../std/clock.ts";
import { GamedayError } from "../../std/errors.ts";
import { UserStopped } from "../user/stopped.ts";

/** Who records, and where it goes. */
export interface RecordingWorld {
  readonly clock: Clock;
  onOperation(operation: Operation): void;
}

type Subject = Pick<Recorded, "object" | "kind" | "id" | "input" | "key" | "attempt"> & Pick<Operation, "idWasMade">;

/** Deeper than any person's data; what holds itself is deeper still. */
const DEPTH_MAX = 100;

/** Throws for what cannot be written down: one such value would cost the operations of everybody that travel with it. */
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

/** Begins an operation now, `lateMs` after it was due; the function it gives tells how it ended. */
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
    const found = outcomeOf(reply, operation);
    if (found.type === "ok") demandJson("the output of an operation", found.output);
    outcome = found;
  } finally {
    tell(outcome);
  }
  return reply;
}

/** record() of any other call than one of user.http needs the call itself. */
export function noCall(kind: string): GamedayError {
  return new GamedayError({
    code: "record-without-call",
    expected: `record("${kind}", input, call)`,
    got: "no call",
    hint: "record(operation, call) is for calls of user.http",
  });
}
