/** The tables of a made game day (made-day.fixture.ts): phases, controls, objectives, requests, failures, workers, the log and the verdict. */
import { CONTROL_NAMES } from "../api/controls.ts";
import type { LiveExperiment, LiveState, LogEntry, RequestRow } from "../api/live.ts";
import type { Permissions } from "../api/run.ts";

/** The verdict of a day that is over; undefined while it is in progress. */
type Over = "pass" | "fail" | "unknown" | undefined;

export const SENTENCES = {
  pass: "The platform passed: users were back after each of 4 faults, and no acknowledged write was lost.",
  fail: "The platform failed: 3 acknowledged writes are lost after “the database leader dies”.",
  unknown: "Unknown: the run was stopped by hand, so the plan was not done.",
} as const;

export function usersAt(atS: number): number {
  return Math.round(500 * Math.min(1, Math.max(0, (atS - 20) / 25)));
}

export function objectivesAt(atS: number, over: Over): LiveState["objectives"] {
  const judged = (live: LiveState["objectives"][number]["state"], end: "pass" | "fail" | "unknown" = "pass") =>
    over === undefined ? live : over === "pass" ? "pass" : end;
  const base = { over: {}, because: "", asOfMs: atS * 1000, trend: [] };
  return [
    {
      ...base,
      id: "lost",
      says: "no acknowledged order is lost",
      measure: "lost-writes",
      unit: "",
      bound: { equals: 0 },
      asked: "0",
      soFar: null,
      margin: null,
      state: judged("open", over === "fail" ? "fail" : "unknown"),
    },
    {
      ...base,
      id: "back",
      says: "users are back within 5 s of the leader's death",
      measure: "recovery-seconds",
      unit: "s",
      over: { experiment: "the database leader dies" },
      bound: { under: 5 },
      asked: "under 5 s",
      soFar: atS < 68 ? null : { lower: 7.38, upper: 7.44, value: null },
      margin: atS < 68 ? null : -0.48,
      state: atS < 68 ? judged("open") : judged("missed-so-far", "fail"),
    },
    {
      ...base,
      id: "p95",
      says: "95 % are answered within 500 ms at full load",
      measure: "http_req_duration-p95-ms",
      unit: "ms",
      bound: { under: 500 },
      asked: "under 500 ms",
      soFar: atS < 25 ? null : { lower: null, upper: null, value: 9.4 },
      margin: atS < 25 ? null : 0.98,
      trend: trendAt(atS, (second) => 9.4 + 3 * Math.sin(second / 9)),
      state: atS < 25 ? judged("open") : judged("met-so-far", "unknown"),
    },
    {
      ...base,
      id: "success",
      says: "97 % of the requests succeed",
      measure: "success-percent",
      unit: "%",
      bound: { atLeast: 97 },
      asked: "97 % or more",
      soFar: atS < 25 ? null : { lower: 97.2, upper: 97.9, value: 97.5 },
      margin: atS < 25 ? null : 0.17,
      trend: trendAt(atS, (second) => 100 - 2.5 * Math.min(1, second / 250)),
      state: atS < 25 ? judged("open") : judged("met-so-far", "unknown"),
    },
  ];
}

/** The figures of an objective that was measured every ten seconds. */
function trendAt(atS: number, valueAt: (second: number) => number): LiveState["objectives"][number]["trend"] {
  const seconds = Array.from({ length: 60 }, (_, n) => 25 + n * 10).filter((second) => second <= atS);
  return seconds.map((second) => ({ atMs: second * 1000, lower: valueAt(second), upper: valueAt(second) }));
}

const NAMES = [
  "GET /",
  "GET /products",
  "GET /products/{id}",
  "POST /cart",
  "POST /orders",
  "GET /orders/{id}",
  "POST /login",
  "GET /health",
  "GET /search",
];

export function requestRows(atS: number, names: number): RequestRow[] {
  const seconds = Math.max(0, atS - 20);
  return Array.from({ length: Math.min(200, names) }, (_, n) => {
    const requests = Math.round(seconds * (60 / (n + 1)));
    const failed = Math.round(requests * (n === 4 ? 0.08 : 0.01) * (atS > 60 ? 1 : 0));
    return {
      name: NAMES[n] ?? `GET /products/${1000 + n}`,
      requests,
      failed,
      perSecond: 60 / (n + 1),
      failedPerSecond: 0,
      meanMs: requests === 0 ? null : 3 + n,
      p50Ms: requests === 0 ? null : 2 + n * 0.7,
      p95Ms: requests === 0 ? null : 9 + n * 1.9,
      p99Ms: requests === 0 ? null : 30 + n * 4,
      maxMs: requests === 0 ? null : 400 + n * 31,
    };
  });
}

export function failuresAt(atS: number): LiveState["failures"] {
  if (atS < 61) return { rows: [], total: 0 };
  return {
    rows: [
      {
        name: "POST /orders",
        error: "503 Service Unavailable",
        count: 1204,
        firstMs: 60_040,
        lastMs: Math.min(atS, 238) * 1000,
        example: '503 {"error":"no primary","node":"n2"}',
      },
      { name: "GET /products", error: "timeout after 2 s", count: 31, firstMs: 60_900, lastMs: 67_200, example: null },
    ],
    total: 2,
  };
}

export function workersAt(atS: number): LiveState["workers"] {
  if (atS < 20) return [];
  const one = (name: string, cpu: number, trouble: string | null) => ({
    name,
    state: "running" as const,
    users: usersAt(atS) / 2,
    cpu,
    rssBytes: 96_000_000,
    loopDelayMs: trouble === null ? 3.2 : 148,
    sendLagMs: trouble === null ? 1.1 : 96,
    lastMs: atS * 1000,
    trouble,
  });
  return [
    one("w0", 0.21, null),
    atS > 100 && atS < 115
      ? one("w1", 0.99, "its loop was 148 ms late: its latencies are the generator's")
      : one("w1", 0.24, null),
  ];
}

export function eventsAt(atS: number, experiments: readonly LiveExperiment[]): LogEntry[] {
  const entries: Omit<LogEntry, "seq">[] = [
    { atMs: 0, kind: "phase", says: "validation", event: { type: "phase", edge: "begin" } },
    { atMs: 20_000, kind: "phase", says: "load", event: { type: "phase", edge: "begin" } },
    { atMs: 37_400, kind: "replicas", says: "replicas: 10 ready of 10 wanted", event: { type: "replicas" } },
    { atMs: 55_000, kind: "phase", says: "experiments", event: { type: "phase", edge: "begin" } },
    ...experiments.flatMap(({ name, fault, targets, commandedMs, bitMs, healedMs }) => [
      ...(commandedMs === null
        ? []
        : [
            {
              atMs: commandedMs,
              kind: "experiment",
              says: `${name} [${fault}] begin: ${targets[0]?.id}`,
              event: { type: "experiment", edge: "begin" },
            },
          ]),
      ...(bitMs === null
        ? []
        : [
            {
              atMs: bitMs,
              kind: "fault",
              says: `fault bit: ${targets[0]?.id} (process 4121 is gone)`,
              event: { type: "fault", edge: "bit" },
            },
          ]),
      ...(healedMs === null
        ? []
        : [
            {
              atMs: healedMs,
              kind: "fault",
              says: `fault healed: ${targets[0]?.id}`,
              event: { type: "fault", edge: "healed" },
            },
          ]),
    ]),
  ];
  return entries
    .filter(({ atMs }) => atMs <= atS * 1000)
    .sort((a, b) => a.atMs - b.atMs)
    .map((entry, n) => ({ ...entry, seq: n + 1 }));
}

export function verdictOf(over: "pass" | "fail" | "unknown"): NonNullable<LiveState["verdict"]> {
  const exitCode = { pass: 0, fail: 1, unknown: 2 }[over];
  const findings =
    over === "fail"
      ? [
          {
            checker: "acked-set",
            object: "orders",
            status: over,
            because: "3 acknowledged orders are absent from two complete reads.",
            witnesses: [],
            figures: {},
          },
        ]
      : [];
  return {
    version: 1,
    runId: "20261130-101500-made",
    plan: "jewelry-shop-quick",
    verdict: over,
    exitCode,
    sentence: SENTENCES[over],
    validity: [],
    notTested: [],
    findings,
    experiments: [],
    objectives: [],
    manualInterventions: 0,
  };
}

export function permissions(isRunning: boolean, faultIsHeld: boolean): Permissions {
  const because = (name: string) => {
    if (!isRunning && ["change-load", "inject", "heal-one", "stop", "mark", "reset"].includes(name))
      return "the run is over";
    return name === "inject" && faultIsHeld ? "a fault is held" : null;
  };
  return Object.fromEntries(
    CONTROL_NAMES.map((name) => [name, { allowed: because(name) === null, because: because(name) }]),
  ) as Permissions;
}

export function phasesAt(nowMs: number): LiveState["phases"] {
  const edges = [
    ["validation", 0, 20_000],
    ["load", 20_000, 55_000],
    ["experiments", 55_000, 290_000],
  ] as const;
  return edges
    .filter(([, from]) => from <= nowMs)
    .map(([phase, fromMs, toMs]) => ({ phase, fromMs, toMs: toMs <= nowMs ? toMs : null }));
}

/** The autoscaler wants ten replicas under load, and three again when it ends. */
export function wantedAt(atS: number): number {
  return atS < 32 || atS >= 280 ? 3 : 10;
}

export function readyAt(atS: number): number {
  if (atS >= 170 && atS < 176) return 8;
  return atS < 38 || atS >= 286 ? 3 : 10;
}
