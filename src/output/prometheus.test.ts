import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { aSecond } from "../interval/interval.fixture.ts";
import type { Output, RunContext } from "../output.ts";
import { SecondFold } from "../second/fold.ts";
import { ManualClock } from "../std/clock.ts";
import { Histogram } from "../std/histogram.ts";
import type { Verdict } from "../verdict.ts";
import { refusalOf } from "./prometheus/guard.ts";
import { loopbackOf, prometheusOutput } from "./prometheus.ts";

async function served(context: TestContext, flags: Record<string, string> = {}): Promise<{ output: Output; url: URL }> {
  let said = "";
  const about: RunContext = {
    runId: "run-1",
    plan: 'sale "1"',
    platform: "lab",
    seed: "s",
    startedAtMs: 0,
    clock: new ManualClock(),
    version: "9",
    folder: null,
    redact: null,
    say: (text) => {
      said = text;
    },
  };
  const output = await prometheusOutput.open(about, { metrics: ":0", ...flags }, {});
  assert.ok(output !== null);
  context.after(() => output.close(AbortSignal.timeout(1_000)));
  return { output, url: new URL(said.replace("metrics: ", "")) };
}

/** Plays one second of a load, one leader, one outage and one fault. */
function play(output: Output): void {
  const fold = new SecondFold();
  const histogram = new Histogram();
  for (const valueMs of [4, 40, 400, 40_000]) histogram.record(valueMs);
  const requests = { metric: "http_req_duration{name:home,scenario:s}", failed: 0, ...histogram.snapshot() };
  const failed = {
    metric: "http_req_duration{error:x,expected_response:false,name:home,scenario:s}",
    count: 2,
    failed: 2,
  };
  const zeros = { sum: 2, min: 1, max: 1, buckets: [448, 2] };
  const checks = { metric: "checks{name:ok}", count: 4, failed: 1, sum: 3, min: 0, max: 1 };
  const interval = aSecond({ users: 3, metrics: [requests, { ...failed, ...zeros }, checks] });
  const events = [
    { atMs: 1, type: "role", role: "postgres", target: "postgres/n1", is: "leader", was: "unknown" },
    { atMs: 2, type: "experiment", experiment: "kill", fault: "kill-leader", edge: "begin", targets: [] },
    { atMs: 3, type: "fault", experiment: "kill", edge: "bit", target: "postgres/n1" },
  ] as const;
  for (const event of events) {
    output.event?.(event);
    fold.event(event);
  }
  output.interval?.(interval);
  fold.interval(interval);
  const probe = { class: "read", connection: "kept" } as const;
  const times = { intendedAtMs: 5, invokedAtMs: 5, completedAtMs: 6 };
  const what = { id: "1", process: "p", object: "o", kind: "read", input: null, attempt: 1 };
  fold.operation({ ...what, ...times, outcome: { type: "refused", code: "503" }, probe });
  for (const row of fold.take(1_000)) output.second?.(row);
}

async function read(url: URL, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const asked = request(url, { headers });
  asked.end();
  const [response] = await once(asked, "response");
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, text };
}

test("the page shows load, leader, outage, fault and verdict in base units, and every family is explained", async (context) => {
  const { output, url } = await served(context);
  play(output);
  output.verdict?.({ verdict: "fail", objectives: [{ id: "p95", status: "pass" }] } as unknown as Verdict);
  const { status, text } = await read(url);
  assert.equal(status, 200);
  for (const line of [
    'gameday_run_info{run="run-1",plan="sale \\"1\\"",platform="lab",seed="s",version="9"} 1',
    'gameday_users{run="run-1"} 3',
    'gameday_requests_total{run="run-1",name="home",scenario="s",expected_response="true"} 4',
    'gameday_requests_total{run="run-1",name="home",scenario="s",expected_response="false"} 2',
    'gameday_request_duration_seconds_bucket{run="run-1",name="home",scenario="s",le="0.005"} 1',
    'gameday_request_duration_seconds_bucket{run="run-1",name="home",scenario="s",le="0.5"} 3',
    'gameday_request_duration_seconds_bucket{run="run-1",name="home",scenario="s",le="+Inf"} 4',
    'gameday_request_duration_seconds_count{run="run-1",name="home",scenario="s"} 4',
    'gameday_leader{run="run-1",role="postgres",target="postgres/n1"} 1',
    'gameday_outage{run="run-1",class="read",connection="kept"} 1',
    'gameday_fault{run="run-1",experiment="kill",fault="kill-leader"} 1',
    'gameday_verdict{run="run-1"} -1',
    'gameday_objective{run="run-1",id="p95"} 1',
  ])
    assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
  const names = new Set([...text.matchAll(/^([a-z_0-9]+)(?:\{|\s)/gm)].map(([, name = ""]) => name));
  for (const name of names) {
    const family = name.replace(/_(bucket|sum|count)$/, "");
    assert.match(text, new RegExp(`^# (?:HELP ${family}|HELP ${name}) \\S`, "m"), name);
  }
  assert.doesNotMatch(text, /^k6_/m);
});

/** What the official dashboard of k6 for Prometheus (19665) asks for, with the type that its queries need. */
const OF_K6 = {
  counter: ["k6_http_reqs_total", "k6_dropped_iterations_total", "k6_data_sent_total", "k6_data_received_total"],
  gauge: [
    ...["k6_vus", "k6_http_req_failed_rate", "k6_checks_rate"],
    ...["p95", "p99", "max", "min", "avg", "med"].map((statistic) => `k6_http_req_duration_${statistic}`),
    "k6_iteration_duration_p95",
    ...["blocked", "tls_handshaking", "sending", "waiting", "receiving"].map((part) => `k6_http_req_${part}_p95`),
  ],
};

test("point 30: with --metrics-names k6 the names, types and testid of k6's dashboard are present", async (context) => {
  const { output, url } = await served(context, { metricsNames: "k6" });
  play(output);
  const { text } = await read(url);
  for (const [type, names] of Object.entries(OF_K6)) {
    for (const name of names) {
      assert.match(text, new RegExp(`^# TYPE ${name} ${type}$`, "m"), name);
      assert.match(text, new RegExp(`^${name}\\{testid="run-1"[^}]*\\} (NaN|[0-9.e+-]+)$`, "m"), name);
    }
  }
  assert.match(text, /^k6_http_req_duration_med\{testid="run-1",name="home"\} 0\.0\d+$/m, "in seconds");
  assert.match(text, /^k6_checks_rate\{testid="run-1"\} 0\.75$/m);
  assert.doesNotMatch(text, /^gameday_/m);
});

test("a script with an id in each URL does not flood the receiver", async (context) => {
  const { output, url } = await served(context, { metricsNames: "gameday,k6" });
  const metrics = Array.from({ length: 5_000 }, (_, at) => ({
    ...{ metric: `http_req_duration{name:/item/${at},scenario:s}`, count: 1, failed: 0, sum: 1, min: 1, max: 1 },
    buckets: [448, 1],
  }));
  output.interval?.(aSecond({ metrics }));
  const { text } = await read(url);
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.ok(series.length <= 2_000, `${series.length} series`);
  assert.match(text, /name="\(other\)",scenario="s",expected_response="true"\} 4940$/m);
});

for (const [says, headers, method, url, status] of [
  ["our own host", { host: "127.0.0.1:9464" }, "GET", "/metrics", null],
  ["localhost, with a query", { host: "localhost:9464" }, "GET", "/metrics?x=1", null],
  ["a rebound name", { host: "evil.example:9464" }, "GET", "/metrics", 421],
  ["our address with another port", { host: "127.0.0.1:80" }, "GET", "/metrics", 421],
  ["no host", {}, "GET", "/metrics", 421],
  ["a malformed host", { host: "[::1" }, "GET", "/metrics", 421],
  [
    "another site, even if it names us",
    { host: "127.0.0.1:9464", origin: "http://127.0.0.1:9464" },
    "GET",
    "/metrics",
    403,
  ],
  ["a sandboxed page", { host: "127.0.0.1:9464", origin: "null" }, "GET", "/metrics", 403],
  ["an image on another site", { host: "127.0.0.1:9464", "sec-fetch-site": "cross-site" }, "GET", "/metrics", 403],
  ["another port of this machine", { host: "127.0.0.1:9464", "sec-fetch-site": "same-site" }, "GET", "/metrics", 403],
  ["a write", { host: "127.0.0.1:9464" }, "DELETE", "/metrics", 405],
  ["a preflight", { host: "127.0.0.1:9464" }, "OPTIONS", "/metrics", 405],
  ["another path", { host: "127.0.0.1:9464" }, "GET", "/metrics/../run", 404],
] as const) {
  test(`${status === null ? "answered" : `refused with ${status}`}: ${says}`, () => {
    assert.equal(refusalOf({ method, url, headers }, 9_464)?.status ?? null, status);
  });
}

test("a refused request gets no metrics and no permission", async (context) => {
  const { output, url } = await served(context);
  play(output);
  const { status, text } = await read(url, { host: "evil.example" });
  assert.equal(status, 421);
  assert.doesNotMatch(text, /gameday_/);
});

test("a client that sends garbage or reads nothing neither ends nor delays the run", async (context) => {
  const { output, url } = await served(context);
  play(output);
  const socket = connect(Number(url.port), "127.0.0.1");
  context.after(() => socket.destroy());
  await once(socket, "connect");
  socket.on("error", () => undefined);
  socket.write("\u0000\u0001 nonsense\r\n\r\n");
  await once(socket, "close");
  assert.equal((await read(url)).status, 200);
});

for (const [given, host, port] of [
  [":9464", "127.0.0.1", 9464],
  ["9464", "127.0.0.1", 9464],
  ["localhost:1", "127.0.0.1", 1],
  ["[::1]:9464", "::1", 9464],
] as const)
  test(`--metrics ${given} is ${host}, port ${port}`, () => assert.deepEqual(loopbackOf(given), { host, port }));

for (const given of [
  "0.0.0.0:9464",
  "10.0.0.1:9464",
  "shop:9464",
  "127.0.0.1",
  "",
  ":",
  ":99999",
  "http://127.0.0.1:9464",
])
  test(`--metrics ${JSON.stringify(given)} is refused`, () =>
    assert.throws(() => loopbackOf(given), { code: "bad-flag" }));

test("a port that is taken is reported before the run begins", async (context) => {
  const { url } = await served(context);
  await assert.rejects(served(context, { metrics: `:${url.port}` }), {
    code: "metrics-address",
    message: /another|in use/,
  });
});
