/** Whether a load did anything at all: iterations that came to their end, and requests that reached the platform. */
import { Totals } from "../interval/totals.ts";
import type { Interval } from "../interval.ts";

const READ: ReadonlySet<string> = new Set([
  "iteration_duration",
  "iterations_interrupted",
  "http_req_duration",
  "call_duration",
]);
/** The kinds of error of requests that never had a connection. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set(["dns", "refused", "connect-timeout", "tls"]);

export class LoadOutcome {
  readonly #totals = new Totals(({ name }) => READ.has(name));

  add(interval: Interval): void {
    this.#totals.add(interval);
  }

  /** The number of iterations that came to their end. */
  get iterations(): number {
    return this.#count("iteration_duration");
  }

  /**
   * False when no iteration completed, so that the load has proven nothing. Iterations that are longer than the load count when
   * they received at least one answer.
   */
  get isIterated(): boolean {
    if (this.iterations > 0) return true;
    return this.#count("iterations_interrupted") > 0 && this.#answered > 0;
  }

  /** True when there were requests, and none of them had a usable connection. */
  get isUnreached(): boolean {
    const all = this.#count("http_req_duration");
    const never = [...this.#totals.by("http_req_duration", "error")].filter(([error]) => NEVER_CONNECTED.has(error));
    return all > 0 && never.reduce((sum, [, { failed }]) => sum + failed, 0) === all;
  }

  get #answered(): number {
    const answers = this.#totals.find({ name: "http_req_duration", tags: { expected_response: "true" } });
    return (answers?.count ?? 0) + this.#count("call_duration");
  }

  #count(name: string): number {
    return this.#totals.find({ name, tags: {} })?.count ?? 0;
  }
}
