import type { Outcome } from "../history.ts";
import type { Recorded, Reply } from "../scenario.ts";

/** What the engine knows of a reply beyond the script's view: statuses that the script declared. */
interface Declared {
  readonly expected: boolean;
  readonly notApplied: boolean;
}

/** Codes of failures that can happen before a byte of the request has left. */
const NEVER_SENT = new Set(["dns", "refused", "tls", "connect-timeout", "timeout", "aborted", "local"]);

/**
 * The outcome of one attempt (rules of the verdict, section 1): ok is a whole answer with 2xx, or with a status that the
 * script expects; refused is proven (nothing was sent, or the app declares the status to mean "not applied"); everything
 * else is unknown, because it may have happened or may still happen.
 */
export function outcomeOf(reply: Reply & Partial<Declared>, recorded: Recorded): Outcome {
  const { error } = reply;
  if (error !== null) {
    const proven = !error.sent && NEVER_SENT.has(error.code);
    return { type: proven ? "refused" : "unknown", code: error.code };
  }
  const own = recorded.outcome?.(reply);
  if (own !== undefined) return own;
  if (reply.notApplied === true) return { type: "refused", code: `http-${reply.status}` };
  const success = reply.status >= 200 && reply.status < 300;
  if (reply.ok && (success || reply.expected === true)) return { type: "ok", output: recorded.output?.(reply) ?? null };
  return { type: "unknown", code: `http-${reply.status}` };
}
