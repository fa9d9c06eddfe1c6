/** Lists the engine's own metrics and the statistics of each, so that misspelled thresholds are refused before the load. */
import { nearest } from "../std/suggest.ts";

const TIMES = "a time: p(N), avg, med, min, max, count";
const SHARE = "a share: rate, count";
const COUNT = "a count: count, rate (a second)";

const BUILT_IN: ReadonlyMap<string, string> = new Map([
  ...[
    "http_req_duration",
    "http_req_service",
    "http_req_waiting",
    "http_req_receiving",
    "http_req_connecting",
    "http_req_tls_handshaking",
    "iteration_duration",
    "group_duration",
    "call_duration",
    "http_req_interrupted",
    "call_interrupted",
    "ws_connecting",
    "ws_session_duration",
  ].map((name) => [name, TIMES] as const),
  ...["http_req_failed", "checks", "call_failed"].map((name) => [name, SHARE] as const),
  ...[
    "http_reqs",
    "iterations",
    "iterations_interrupted",
    "dropped_iterations",
    "data_received",
    "script_errors",
    "logins_repeated",
    "ws_msgs_sent",
    "ws_msgs_received",
    "ws_errors",
  ].map((name) => [name, COUNT] as const),
]);

/** Metrics that k6 counts but this engine does not, and prefixes that no script would use for a metric of its own. */
const NOT_OURS = /^(http_req|grpc_req|browser_|dropped_iter)|^(vus|vus_max|data_sent|ws_sessions|ws_ping)$/;

const ASKS: Readonly<Record<string, RegExp>> = {
  [TIMES]: /^(p\(|avg$|med$|min$|max$|count$)/,
  [SHARE]: /^(rate|count)$/,
  [COUNT]: /^(rate|count)$/,
};

/** Returns what is wrong with a statistic of a metric; undefined if nothing is, or if the metric may be a script's own. */
export function metricComplaint(name: string, statistic: string): string | undefined {
  const is = BUILT_IN.get(name);
  if (is === undefined) return unknownName(name);
  return ASKS[is]?.test(statistic) === true ? undefined : `${name} is ${is}; not ${statistic}`;
}

function unknownName(name: string): string | undefined {
  const near = nearest(name, BUILT_IN.keys());
  // A script may have its own "calls_failed", which resembles one of ours; "htp_req_duration" and "check" are misspellings.
  const misspelt = near === "checks" || near?.startsWith("http_req") === true;
  if (!misspelt && !NOT_OURS.test(name)) return undefined;
  const meant = near === undefined ? [...BUILT_IN.keys()].join(", ") : `did you mean "${near}"?`;
  return `nothing counts "${name}"; ${meant}`;
}

/** Returns "ms" for times that the engine measures, and "" for metrics whose unit only their script knows. */
export function unitOf(name: string, statistic: string): string {
  return BUILT_IN.get(name) === TIMES && statistic !== "count" ? "ms" : "";
}
