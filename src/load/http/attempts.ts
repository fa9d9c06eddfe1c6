/** What happened to a call beyond its first exchange, and whether it may be sent again. Most calls never have any of this. */
import type { Repeatable } from "./connection.ts";

/** The most times that a call which the server has not processed is sent again. Connections do end, but not forever. */
const REFUSALS_MAX = 3;
const PASSES_MAX = 100;

export class Attempts {
  /** The number of redirects that were followed. */
  redirects = 0;
  /** The call has logged in once after a 401. */
  loggedIn = false;
  #repeated = false;
  #refusals = 0;
  #passes = 0;

  /** Returns true when a failed exchange of a call may be repeated, and counts the repetition. */
  mayRepeat(repeatable: Repeatable, method: string): boolean {
    if (repeatable === "nothing") return false;
    if (repeatable === "passed-over") return ++this.#passes <= PASSES_MAX;
    if (repeatable === "refused") return ++this.#refusals <= REFUSALS_MAX;
    const safe = method === "GET" || method === "HEAD";
    if (!safe || this.#repeated) return false;
    this.#repeated = true;
    return true;
  }
}
