import type { Outcome } from "../history.ts";
import type { Recorded, Reply } from "../scenario.ts";

/** What the engine knows about a reply and a script does not see: how its status relates to those that the script declared. */
interface Declared {
  readonly expected: boolean;
  readonly notApplied: boolean;
}

/** Codes of failures that can happen before a byte of the request has left. */
const NEVER_SENT = new Set(["dns", "refused", "tls", "connect-timeout", "timeout", "aborted", "local"]);

/**
 * Returns the outcome of one attempt. It is ok for a complete reply with 2xx or with a status that the script expects. It
 * is refused only if that is proven: nothing was sent, or the app declares that the status means "not applied".
 * Everything else is unknown, because the operation may have been applied, or may still be.
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
