/**
 * The table of all metrics, in base units. The exposition, the OpenTelemetry export and docs/reference/metrics.md are made from it.
 * Every sample also has the label `run` (k6's names: `testid`).
 */
import type { MetricFamily } from "../metric.ts";

function family(type: MetricFamily["type"], name: string, says: string, ...labels: string[]): MetricFamily {
  return { name, type, says, labels };
}

export const GAMEDAY_METRICS: readonly MetricFamily[] = [
  family("gauge", "gameday_run_info", "always 1; the labels describe the run", "plan", "platform", "seed", "version"),
  family("gauge", "gameday_run_phase", "1 for the phase in progress", "phase"),
  family("gauge", "gameday_users", "users alive"),
  family("gauge", "gameday_users_intended", "users that the load intends at this moment"),
  family("gauge", "gameday_workers", "load workers that report"),
  family(
    "counter",
    "gameday_requests_total",
    "HTTP requests; expected_response is true for those with the expected answer",
    "name",
    "scenario",
    "expected_response",
  ),
  family(
    "histogram",
    "gameday_request_duration_seconds",
    "duration of the requests with the expected answer, from their intended start",
    "name",
    "scenario",
  ),
  family("counter", "gameday_calls_total", "calls that are not HTTP requests", "name", "result"),
  family("counter", "gameday_checks_total", "checks of scripts", "name", "result"),
  family("counter", "gameday_iterations_total", "iterations that ended; failed: their script threw", "result"),
  family("counter", "gameday_dropped_arrivals_total", "arrivals of open models that found no free user"),
  family("counter", "gameday_received_bytes_total", "bytes of answers' bodies"),
  family("gauge", "gameday_replicas", "replicas of the app", "state"),
  family("gauge", "gameday_leader", "1 for the target that leads its group", "role", "target"),
  family(
    "gauge",
    "gameday_outage",
    "1 if beats of this probe stream failed in the last second, 0 if all succeeded; absent: no data",
    "class",
    "connection",
  ),
  family(
    "gauge",
    "gameday_fault",
    "1 while the fault of an experiment is in force, otherwise 0",
    "experiment",
    "fault",
  ),
  family("gauge", "gameday_objective", "1: met, 0: unknown, -1: missed; absent until the run is judged", "id"),
  family("gauge", "gameday_verdict", "1: pass, 0: unknown, -1: fail; absent until the run is judged"),
  family("gauge", "gameday_generator_cpu_ratio", "CPU of a load worker; 1 is a whole core", "worker"),
  family("gauge", "gameday_generator_memory_bytes", "memory of a load worker", "worker"),
  family("gauge", "gameday_generator_loop_delay_seconds", "p99 of the event loop's delay in a worker", "worker"),
  family("gauge", "gameday_generator_send_lag_seconds", "median lateness of a worker's calls", "worker"),
];

const TREND = "min, med, avg, max, p90, p95 and p99 over the last 10 s, as _min, _med and so on, in seconds";

/** The names under which k6's Prometheus output sends the same, so that dashboards made for k6 show a run. */
export const K6_METRICS: readonly MetricFamily[] = [
  family("gauge", "k6_vus", "users alive"),
  family("gauge", "k6_vus_max", "users that the load intends"),
  family("counter", "k6_http_reqs_total", "HTTP requests", "name", "scenario", "expected_response"),
  family("gauge", "k6_http_req_duration", `duration of all requests: ${TREND}`, "name"),
  family("gauge", "k6_http_req_failed_rate", "failed share of the requests of the last 10 s", "name"),
  family("gauge", "k6_http_req_blocked", `always 0: each user has a connection of its own. ${TREND}`),
  family("gauge", "k6_http_req_connecting", `opening of connections: ${TREND}`),
  family("gauge", "k6_http_req_tls_handshaking", `TLS handshakes: ${TREND}`),
  family("gauge", "k6_http_req_sending", `not measured, so NaN. ${TREND}`),
  family("gauge", "k6_http_req_waiting", `from the send to the first byte: ${TREND}`),
  family("gauge", "k6_http_req_receiving", `from the first byte to the last: ${TREND}`),
  family("gauge", "k6_iteration_duration", `duration of iterations: ${TREND}`),
  family("counter", "k6_iterations_total", "iterations"),
  family("counter", "k6_dropped_iterations_total", "arrivals that found no free user"),
  family("gauge", "k6_checks_rate", "share of the checks of the last 10 s that held"),
  family("counter", "k6_data_received_total", "bytes of answers' bodies"),
  family("counter", "k6_data_sent_total", "not measured, so NaN"),
];

/** The statistics of a trend; k6 appends them to its name. */
export const K6_STATISTICS = ["min", "med", "avg", "max", "p90", "p95", "p99"] as const;
