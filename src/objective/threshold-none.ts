/** Where nothing was counted: whether that is because there was none of it, or because nobody would have counted it. */
import type { Metric } from "../interval/metric.ts";
import type { Totals } from "../interval/totals.ts";

type Tags = Metric["tags"];

/** Counts of the engine's own: where iterations were counted and these were not, there were none. */
const ENGINE = new Set(["script_errors", "logins_repeated", "data_received", "http_reqs", "iterations_interrupted"]);
const SOCKETS = new Set(["ws_errors", "ws_msgs_sent", "ws_msgs_received"]);
/** What only some samples of a request have, as they turned out. */
const OUTCOMES = new Set(["status", "error", "expected_response", "kind"]);

/** True: that count is 0, known from what was counted beside it. */
export function isNone(name: string, tags: Tags, statistic: string, totals: Totals): boolean {
  if (statistic !== "count" && statistic !== "rate") return false;
  if (totals.find({ name, tags })?.kind === "counter") return true; // its script has said that it counts it
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

/** Series beside its own that a judgement of this metric may look at. */
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
