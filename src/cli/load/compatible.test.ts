/** Holds what scripts of other people rely on: the flags of `gameday load`, its exit codes, and the fields of `load --json`. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { World } from "../../cli.ts";
import { aSecond, IDLE_HEALTH } from "../../interval/interval.fixture.ts";
import type { MetricDelta } from "../../interval.ts";
import { Recorder } from "../../load/count/recorder.ts";
import { parseThreshold } from "../../objective/threshold.ts";
import { barePlan } from "../../plan/bare.ts";
import { Histogram } from "../../std/histogram.ts";
import { finish } from "./end.ts";
import { type LoadFlags, loadOptions, planOfFlags } from "./flags.ts";
import { SummaryFile } from "./summary-file.ts";

/** Flags may be added, but none of these may go or change its letter. */
const FLAGS = `-u --vus; --users; -d --duration; -t --run-time; -r --spawn-rate; -s --stage; --rate; -i --iterations; --shared-iterations;
--per-vu-iterations; --max-vus; -H --host; --workers; --listen; --token; -e --env; --threshold; --json; -o --out; --seed; --graceful-stop;
-q --quiet; --only-summary; --headless`;

test("the flags of gameday load still exist, with their short forms", () => {
  const given = new Set(loadOptions().map(({ short, long }) => [short, long].filter(Boolean).join(" ")));
  const lost = FLAGS.split(/;\s+/).filter((flag) => !given.has(flag));
  assert.deepEqual(lost, []);
});

function durations(metric: string, count: number, failed = 0): MetricDelta {
  const histogram = new Histogram();
  for (let made = 0; made < count; made++) histogram.record(5);
  return { metric, failed, ...histogram.snapshot() };
}

const ANSWERED = durations("http_req_duration{name:home,scenario:s}", 8);
const REFUSED = durations("http_req_duration{error:refused,expected_response:false,name:home,scenario:s}", 2, 2);
const ITERATIONS = durations("iteration_duration{scenario:s}", 4);

interface Ending {
  readonly code: number | null;
  readonly json: Record<string, unknown>;
}

/** Ends a load of one second in which these metrics were reported. */
async function ended(
  context: TestContext,
  metrics: readonly MetricDelta[],
  given: { readonly threshold?: string; readonly interrupted?: boolean } = {},
): Promise<Ending> {
  const folder = mkdtempSync(join(tmpdir(), "gameday-compatible-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const flags = { gracefulStop: "10s", host: "http://127.0.0.1:1", workers: "1" } as LoadFlags;
  const job = planOfFlags(
    ["visit.ts"],
    given.threshold === undefined ? flags : { ...flags, threshold: [given.threshold] },
  );
  const recorder = new Recorder(given.threshold === undefined ? [] : [parseThreshold(given.threshold)], false);
  recorder.interval(aSecond({ metrics, health: IDLE_HEALTH }));
  let code: number | null = null;
  const out = { write: () => undefined };
  const world = {
    stdout: out,
    stderr: out,
    now: () => new Date(0),
    setExitCode: (decided: number) => {
      code = decided;
    },
  };
  const url = "http://127.0.0.1:1";
  const told = { plan: barePlan({ name: "visit", url, seed: "s", load: job.plan }), close: async () => null };
  using json = new SummaryFile(join(folder, "summary.json"));
  const load = { recorder, json, job, seed: "s", baseUrl: "http://127.0.0.1:1", told };
  await finish(world as unknown as World, load, given.interrupted ?? false);
  return { code, json: JSON.parse(readFileSync(json.path, "utf8")) as Record<string, unknown> };
}

/** Returns the names of all fields, "all.p95" for those of an object; a list counts as its first element. */
function fieldsOf(value: unknown, at = ""): string[] {
  const inside = Array.isArray(value) ? value[0] : value;
  if (typeof inside !== "object" || inside === null) return [at];
  return Object.entries(inside).flatMap(([key, each]) => fieldsOf(each, at === "" ? key : `${at}.${key}`));
}

const FIGURES = ["count", "failed", "mean", "min", "p50", "p90", "p95", "p99", "p99.9", "max"];
const GENERATOR =
  `workers cpuMax rssBytesMax loopDelayMsP99 loopDelayMsMax gcPauseMs sendLagMsP50 sendLagMsMax dropped unopened
bottlenecks`.split(/\s+/);

test("the output of load --json has all its fields", async (context) => {
  const check: MetricDelta = { metric: "checks{name:ok}", count: 3, failed: 1, sum: 2, min: 0, max: 1 };
  const received: MetricDelta = {
    metric: "data_received",
    count: 1,
    failed: 0,
    sum: 9,
    min: 9,
    max: 9,
    kind: "counter",
  };
  const metrics = [ANSWERED, REFUSED, ITERATIONS, check, received, durations("call_duration{name:pay}", 1)];
  const { json } = await ended(context, metrics, { threshold: "http_req_failed: rate < 0.5" });
  const of = (name: string) => FIGURES.map((figure) => `${name}.${figure}`);
  const expected = [
    ...["version", "seed", "seconds", "usersMax", "dropped"],
    ...["threshold", "status", "measured"].map((field) => `thresholds.${field}`),
    ...of("requests.home"),
    "requests.home.errors.refused",
    ...of("all"),
    "service",
    ...of("iterations"),
    ...of("calls.pay"),
    ...["checks.ok.passes", "checks.ok.fails"],
    ...["iterations", "requests", "calls", "hung"].map((field) => `interruptedByTheEnd.${field}`),
    "metrics.data_received.count",
    ...GENERATOR.map((field) => `generator.${field}`),
    ...[
      "host",
      "scenarios",
      "executor",
      "stages.durationMs",
      "stages.target",
      "workers",
      "interrupted",
      "exitCode",
      "endedAt",
    ],
  ];
  const found = new Set(fieldsOf(json));
  assert.deepEqual(
    expected.filter((field) => !found.has(field)),
    [],
  );
  assert.equal("notes" in json, true);
});

for (const [says, code, metrics, given] of [
  ["a load without thresholds that completed iterations", 0, [ANSWERED, ITERATIONS], {}],
  ["a threshold that holds", 0, [ANSWERED, ITERATIONS], { threshold: "http_req_failed: rate < 0.1" }],
  ["a threshold that fails", 1, [ANSWERED, REFUSED, ITERATIONS], { threshold: "http_req_failed: rate < 0.1" }],
  [
    "a threshold that fails in a load that ended early",
    1,
    [REFUSED],
    { threshold: "http_req_failed: rate < 1", interrupted: true },
  ],
  ["a threshold without samples", 2, [ANSWERED, ITERATIONS], { threshold: "http_req_duration{name:no}: p(95) < 9" }],
  ["an interrupt", 2, [ANSWERED, ITERATIONS], { interrupted: true }],
  ["no iteration", 2, [ANSWERED], {}],
  ["a platform that no request reached", 4, [REFUSED, ITERATIONS], {}],
  ["failing requests without thresholds, as in k6", 0, [ANSWERED, REFUSED, ITERATIONS], {}],
] as const) {
  test(`exit code ${code}: ${says}`, async (context) =>
    assert.equal((await ended(context, metrics, given)).code, code));
}
