/**
 * Calls that are not HTTP (gRPC, a database, a queue) and that a package of the script's own makes. Each has a deadline, is
 * timed from when it was due, is counted by name, and is recorded in the history if it belongs to a claim.
 */
import type { Outcome } from "../../history.ts";
import type { Called, CallOptions } from "../../scenario.ts";
import { messageOf } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import { beginOperation, demandJson } from "../count/recording.ts";
import { timeoutOf } from "../http/call-options.ts";
import { Deadline } from "../http/deadlines.ts";
import type { LoadUser } from "../user.ts";
import { UserStopped } from "./stopped.ts";
import type { UserWorld } from "./world.ts";

export const CALL_METRIC = "call_duration";
/** The metric of calls that the end of their user cut off; it records how long they had waited. */
const INTERRUPTED_METRIC = "call_interrupted";

/** The user that makes a call, and the world that it shares with others. */
export interface CallMaker {
  readonly user: LoadUser;
  readonly world: UserWorld;
}

interface Failure {
  readonly code: string;
  readonly message: string;
}

/** Makes the call. It does not reject with an error that the call throws: the error is part of the result. */
export async function makeCall<T>(
  { user, world }: CallMaker,
  subject: { readonly kind: string; readonly input: Json },
  call: (signal: AbortSignal) => Promise<T>,
  options: CallOptions<T>,
): Promise<Called<T>> {
  if (user.session.closed) throw new UserStopped();
  const startedMs = performance.now();
  const dueMs = user.turn.takeDueMs(startedMs);
  const tell = historyOf({ user, world }, subject, options, startedMs - dueMs);
  const ended = await bounded({ user, world }, call, options.timeout);
  const nowMs = performance.now();
  const interrupted = "failure" in ended && user.session.closed; // whichever error the call threw
  const metric = interrupted ? INTERRUPTED_METRIC : CALL_METRIC;
  const series = user.scope.custom(metric, options.name ?? subject.kind, true);
  series.record(nowMs - dueMs);
  if ("failure" in ended && !interrupted) series.failed++;
  tellOutcome(ended, options, tell);
  const times = { serviceMs: nowMs - startedMs, responseMs: nowMs - dueMs };
  return "failure" in ended
    ? { ok: false, value: undefined, error: ended.failure, ...times }
    : { ok: true, value: ended.value, error: null, ...times };
}

type Ended<T> = { readonly value: T } | { readonly failure: Failure; readonly thrown: unknown };

/** Waits for the call, its deadline or the end of the user, whichever is first; the latter two abort the call's signal. */
async function bounded<T>(
  { user, world }: CallMaker,
  call: (signal: AbortSignal) => Promise<T>,
  timeout: CallOptions<T>["timeout"],
): Promise<Ended<T>> {
  const { deadlines } = world.session.network;
  const timeoutMs = timeout === undefined ? world.session.timeoutMs : timeoutOf(timeout);
  const abort = new AbortController();
  const give = (code: string, message: string) => abort.abort(Object.assign(new Error(message), { code }));
  const deadline = new Deadline({ onDue: () => give("timeout", `no end within ${timeoutMs} ms`) });
  const open = { close: () => give("aborted", "the user was stopped") };
  const given = new Promise<Ended<T>>((resolve) => {
    const { signal } = abort;
    const end = () => resolve({ failure: failureOf(signal.reason), thrown: signal.reason });
    signal.addEventListener("abort", end, { once: true });
  });
  deadlines.add(deadline, timeoutMs, performance.now());
  user.belongings.opened(open);
  try {
    return await Promise.race([settled(call, abort.signal), given]);
  } finally {
    deadlines.remove(deadline);
    user.belongings.hasClosed(open);
  }
}

async function settled<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<Ended<T>> {
  try {
    return { value: await call(signal) };
  } catch (thrown) {
    return { failure: failureOf(thrown), thrown };
  }
}

/** Describes an error by its code: gRPC has numbers, Node has words. An error without a code is named by its class. */
function failureOf(thrown: unknown): Failure {
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  const named = typeof code === "string" || typeof code === "number" ? String(code) : undefined;
  return { code: named ?? (thrown instanceof Error ? thrown.name : "thrown"), message: messageOf(thrown) };
}

function tellOutcome<T>(ended: Ended<T>, options: CallOptions<T>, tell: (outcome: Outcome) => void): void {
  let outcome: Outcome = { type: "unknown", code: "script-error" };
  try {
    const found = outcomeOf(ended, options);
    if (found.type === "ok") demandJson("the output of an operation", found.output);
    outcome = found;
  } finally {
    tell(outcome);
  }
}

/** Returns the outcome of a call. A failed call is unknown, because it may have been applied, unless the script knows better. */
function outcomeOf<T>(ended: Ended<T>, options: CallOptions<T>): Outcome {
  if (!("failure" in ended)) return { type: "ok", output: options.output?.(ended.value) ?? null };
  const proven = options.notApplied?.(ended.thrown) === true;
  return { type: proven ? "refused" : "unknown", code: ended.failure.code };
}

function historyOf<T>(
  { user, world }: CallMaker,
  subject: { readonly kind: string; readonly input: Json },
  options: CallOptions<T>,
  lateMs: number,
): (outcome: Outcome) => void {
  const { object, id, key } = options;
  if (object === undefined) return () => undefined;
  const named = id === undefined ? ({ id: user.uniqueId(), idWasMade: true } as const) : { id };
  const operation = { ...subject, object, ...named, ...(key === undefined ? {} : { key }) };
  return beginOperation(world, user.id, operation, lateMs);
}
