/** Code that all measures of the load share: which window, which requests, and whether the generator was fit to measure. */
import { overlaps, type Span } from "../outage/span.ts";
import type { Facts } from "./facts.ts";
import { STALLED_SHARE_MAX } from "./generator.ts";
import type { FoldedTotal, Wanted } from "./load-fold.ts";
import type { Over, OverKey } from "./measure.ts";
import { WINDOW_NAMES, type Window, windowKey } from "./windows.ts";

/** The keys of `over` that are tags of requests. */
const TAGS = ["name", "scenario", "group", "expected_response"] as const;

export const LOAD_OVER: readonly OverKey[] = [
  { name: "window", required: false, says: `one of ${WINDOW_NAMES.join(", ")}`, values: WINDOW_NAMES },
  { name: "experiment", required: false, says: "experiment of the window before, during (default) or after" },
  { name: "name", required: false, says: "only requests of this name" },
  { name: "scenario", required: false, says: "only requests of this scenario" },
  { name: "group", required: false, says: "only requests of this group" },
  {
    name: "expected_response",
    required: false,
    says: "`true`: only answers that count as success",
    values: ["true", "false"],
  },
];

export function wantedOf(over: Over, fallback: string): Wanted | null {
  const window = windowKey(over, fallback);
  if (window === null) return null;
  const tags = TAGS.flatMap((tag) => {
    const value = over[tag];
    return value === undefined ? [] : [[tag, value] as const];
  });
  return { window, tags: Object.fromEntries(tags) };
}

export function wantsOf(over: Over, fallback: string): Wanted[] {
  const wanted = wantedOf(over, fallback);
  return wanted === null ? [] : [wanted];
}

export interface WindowRequests {
  readonly window: Window;
  readonly total: FoldedTotal;
  /** The reason why the figures of this window must not decide, if there is one. */
  readonly doubt: string | undefined;
}

/** Returns the selected requests, or a text that explains why there are none. */
export function requestsOf(over: Over, fallback: string, facts: Facts): WindowRequests | string {
  const requests = coveredOf(over, fallback, facts);
  if (typeof requests === "string" || requests.total.count > 0) return requests;
  return `no request was made ${requests.window.says}${filterOf(over)}`;
}

/** Does the same as requestsOf, but if the load was recorded and made no request, that counts as evidence of 0 requests. */
export function coveredOf(over: Over, fallback: string, facts: Facts): WindowRequests | string {
  const wanted = wantedOf(over, fallback);
  if (wanted === null) return `the window "${over["window"]}" belongs to an experiment, and none is named`;
  const window = facts.windows.find(({ key }) => key === wanted.window);
  if (window === undefined || window.spans.length === 0) return `there was no window "${wanted.window}" in this run`;
  const total = facts.load.total(wanted);
  if (total === undefined || total.coveredMs === 0) return `nothing about the load was recorded ${window.says}`;
  return { window, total, doubt: doubtOf(window, total, facts) };
}

function filterOf(over: Over): string {
  const filters = TAGS.flatMap((tag) => (over[tag] === undefined ? [] : [`${tag} "${over[tag]}"`]));
  return filters.length === 0 ? "" : ` with ${filters.join(", ")}`;
}

/** Returns the reason why the figures of a window must not decide, or undefined if they may. */
export function doubtOf(window: Window, total: FoldedTotal, facts: Facts): string | undefined {
  return stallOf(window, total) ?? unreportedOf(window, facts);
}

/** Returns a reason if the generator was stalled for too much of the window for its figures to be reliable, else undefined. */
export function stallOf(window: Window, total: FoldedTotal): string | undefined {
  const share = total.coveredMs === 0 ? 0 : total.stalledMs / total.coveredMs;
  if (share > STALLED_SHARE_MAX) {
    return `the load generator itself was stalled for ${(share * 100).toFixed(0)} % of the time ${window.says}`;
  }
  return undefined;
}

/** Returns a reason if some of the window's load was not sent or not reported, so that it counts neither way. */
export function unreportedOf(window: Window, facts: Facts): string | undefined {
  return facts.doubts.find(({ kind, span }) => kind === "load" && touches(window, span))?.because;
}

function touches(window: Window, span: Span | null): boolean {
  return span === null || window.spans.some((own) => overlaps(own, span));
}

/** Returns the spans of a window in words: "from 12.0 s to 45.1 s, from 80.0 s to 99.0 s". */
export function whenOf(window: Window): string {
  const second = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return window.spans.map(({ fromMs, toMs }) => `from ${second(fromMs)} to ${second(toMs)}`).join(", ");
}
