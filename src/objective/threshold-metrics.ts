/** The metrics that the engine counts by itself and what may be asked of each, so that a misspelt threshold is refused before the load. */
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

/** What k6 counts and this engine does not, and beginnings under which no script would count anything of its own. */
const NOT_OURS = /^(http_req|grpc_req|browser_|dropped_iter)|^(vus|vus_max|data_sent|ws_sessions|ws_ping)$/;

const ASKS: Readonly<Record<string, RegExp>> = {
  [TIMES]: /^(p\(|avg$|med$|min$|max$|count$)/,
  [SHARE]: /^(rate|count)$/,
  [COUNT]: /^(rate|count)$/,
};

/** What is wrong with asking for that statistic of that metric; undefined: nothing, or it is a script's own metric. */
export function metricComplaint(name: string, statistic: string): string | undefined {
  const is = BUILT_IN.get(name);
  if (is === undefined) return unknownName(name);
  return ASKS[is]?.test(statistic) === true ? undefined : `${name} is ${is}; not ${statistic}`;
}

function unknownName(name: string): string | undefined {
  const near = nearest(name, BUILT_IN.keys());
  // A script's own "calls_failed" may look like one of ours; "htp_req_duration" and "check" do not.
  const misspelt = near === "checks" || near?.startsWith("http_req") === true;
  if (!misspelt && !NOT_OURS.test(name)) return undefined;
  const meant = near === undefined ? [...BUILT_IN.keys()].join(", ") : `did you mean "${near}"?`;
  return `"${name}" is counted by nobody; ${meant}`;
}

/** "ms" for times that the engine counts; others are as their script meant them. */
export function unitOf(name: string, statistic: string): string {
  return BUILT_IN.get(name) === TIMES && statistic !== "count" ? "ms" : "";
}
