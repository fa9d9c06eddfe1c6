/** Decides what a missing count means: that it is 0, or that nothing would have counted it. */
import type { Metric } from "../interval/metric.ts";
import type { Totals } from "../interval/totals.ts";

type Tags = Metric["tags"];

/** The engine's own counters: if iterations were counted and these were not, their count is 0. */
const ENGINE = new Set(["script_errors", "logins_repeated", "data_received", "http_reqs", "iterations_interrupted"]);
const SOCKETS = new Set(["ws_errors", "ws_msgs_sent", "ws_msgs_received"]);
/** The tags that depend on the outcome of a request, so that only some of its samples have them. */
const OUTCOMES = new Set(["status", "error", "expected_response", "kind"]);

/** Returns true if other series prove that this count is 0. */
export function isNone(name: string, tags: Tags, statistic: string, totals: Totals): boolean {
  if (statistic !== "count" && statistic !== "rate") return false;
  if (totals.find({ name, tags })?.kind === "counter") return true; // the script has declared that counter
  if (name === "http_req_failed" && statistic === "rate") return false; // a share of nothing
  if (name === "http_reqs" || name === "http_req_failed") {
    const asked = Object.entries(tags).filter(([key]) => !OUTCOMES.has(key));
    const narrowed = asked.length < Object.keys(tags).length;
    if (narrowed && has(totals, "http_req_duration", Object.fromEntries(asked))) return true;
  }
  if (SOCKETS.has(name)) return socketsWatched(tags, totals);
  return ENGINE.has(name) && watched(tags, totals);
}

function watched(tags: Tags, totals: Totals): boolean {
  return has(totals, "iteration_duration", tags) || has(totals, "group_duration", tags);
}

function socketsWatched({ kind: _kind, ...tags }: Tags, totals: Totals): boolean {
  return watched(tags, totals) || has(totals, "ws_connecting", tags) || has(totals, "ws_msgs_sent", tags);
}

function has(totals: Totals, name: string, tags: Tags): boolean {
  return (totals.find({ name, tags })?.count ?? 0) > 0;
}

/** Returns the other series that the judgement of this metric may need. */
export function witnessesOf(name: string, tags: Tags): Metric[] {
  const beside = { scenario: tags["scenario"] };
  const wider = beside.scenario === undefined ? {} : { scenario: beside.scenario };
  const names = [
    "iteration_duration",
    "group_duration",
    "http_req_duration",
    "http_req_interrupted",
    "call_interrupted",
  ];
  if (SOCKETS.has(name)) names.push("ws_connecting", "ws_msgs_sent");
  return names.map((witness) => ({ name: witness, tags: wider }));
}
