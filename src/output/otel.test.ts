import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { aSecond } from "../interval/interval.fixture.ts";
import type { Output, RunContext } from "../output.ts";
import { SecondFold } from "../second/fold.ts";
import { ManualClock } from "../std/clock.ts";
import { Histogram } from "../std/histogram.ts";
import { judge } from "../verdict/judge.ts";
import { cleanRun, evidenceOf } from "../verdict/run.fixture.ts";
import { headersOf, otelOutput } from "./otel.ts";
import { type FakeReceiver, fakeReceiver } from "./receiver.fixture.ts";

const soon = () => AbortSignal.timeout(20_000);

interface Opened {
  readonly output: Output;
  readonly said: string[];
  readonly clock: ManualClock;
}

async function open(context: TestContext, url: string, env: Record<string, string> = {}): Promise<Opened> {
  const said: string[] = [];
  const clock = new ManualClock();
  const about: RunContext = {
    ...{ runId: "run-1", plan: "sale", platform: "lab", seed: "s", version: "1", folder: null, redact: null, clock },
    startedAtMs: 1_700_000_000_000,
    say: (says) => void said.push(says),
  };
  const output = await otelOutput.open(about, { otel: url }, env);
  assert.ok(output !== null);
  context.after(() => output.close(AbortSignal.abort()));
  return { output, said, clock };
}

/** Returns the bodies that arrived at a path. */
function bodiesAt({ received }: FakeReceiver, path: string): Record<string, unknown>[] {
  return received.filter((one) => one.path === path).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}

/** Returns all values under a key, at any depth. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Object.entries(value).flatMap(([name, each]) => (name === key ? [each] : []));
  return [...own, ...Object.values(value).flatMap((each) => valuesOf(each, key))];
}

test("metrics are sent with OpenTelemetry's names and units, integers as text, and no value that JSON lacks", async (context) => {
  const receiver = await fakeReceiver(context);
  const { output } = await open(context, `${receiver.url}/`, {
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20s3cret",
  });
  const histogram = new Histogram();
  for (const valueMs of [4, 40, 400]) histogram.record(valueMs);
  const fold = new SecondFold();
  const metrics = [{ metric: "http_req_duration{name:home,scenario:s}", failed: 0, ...histogram.snapshot() }];
  const interval = aSecond({ users: 3, metrics });
  output.interval?.(interval);
  fold.interval(interval);
  for (const row of fold.take(1_000)) output.second?.(row);
  assert.equal(await output.settle?.(soon()), null);
  const [body] = bodiesAt(receiver, "/v1/metrics");
  assert.equal(receiver.received[0]?.headers.authorization, "Bearer s3cret");
  const sent = valuesOf(body, "metrics").flat() as {
    name: string;
    unit: string;
    histogram?: object;
    sum?: object;
    gauge?: object;
  }[];
  const named = (name: string) => sent.find((metric) => metric.name === name);
  assert.equal(named("gameday.users")?.unit, "1");
  assert.equal(named("gameday.generator_memory")?.unit, "By");
  assert.deepEqual(valuesOf(named("gameday.requests")?.sum, "isMonotonic"), [true]);
  const durations = named("gameday.request_duration");
  assert.equal(durations?.unit, "s");
  assert.deepEqual(valuesOf(durations, "count"), ["3"]);
  const counts = valuesOf(durations, "bucketCounts")[0] as string[];
  const bounds = valuesOf(durations, "explicitBounds")[0] as number[];
  assert.equal(counts.length, bounds.length + 1);
  assert.equal(
    counts.reduce((sum, count) => sum + Number(count), 0),
    3,
  );
  assert.match(String(valuesOf(durations, "timeUnixNano")[0]), /^17000000000\d{8}$/);
});

test("metrics are sent every 5 s, and once more with the verdict", async (context) => {
  const receiver = await fakeReceiver(context);
  const { output } = await open(context, receiver.url);
  const [row] = new SecondFold().take(1_000);
  assert.ok(row !== undefined);
  for (let second = 0; second < 12; second++) output.second?.({ ...row, atMs: second * 1_000 });
  await output.settle?.(soon());
  assert.equal(bodiesAt(receiver, "/v1/metrics").length, 3);
});

test("the spans are the run, phases below it, and experiments below their phase, with their stamps as events", async (context) => {
  const receiver = await fakeReceiver(context);
  const { output, clock } = await open(context, receiver.url);
  const run = cleanRun();
  const evidence = evidenceOf(run);
  for (const event of evidence.timeline) output.event?.(event);
  clock.advance(60_000);
  output.verdict?.(judge(evidence));
  await output.close(soon());
  const [body] = bodiesAt(receiver, "/v1/traces");
  const spans = valuesOf(body, "spans").flat() as {
    name: string;
    spanId: string;
    traceId: string;
    parentSpanId?: string;
    events?: { name: string }[];
  }[];
  const root = spans.find(({ name }) => name.startsWith("gameday "));
  const experiment = spans.find(({ name }) => name === "kill-postgres");
  assert.match(root?.traceId ?? "", /^[0-9a-f]{32}$/);
  assert.ok(spans.every(({ spanId, traceId }) => /^[0-9a-f]{16}$/.test(spanId) && traceId === root?.traceId));
  assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length);
  assert.equal(root?.parentSpanId, undefined);
  const parent = spans.find(({ spanId }) => spanId === experiment?.parentSpanId);
  assert.ok(parent?.name === "experiments" || parent === root, parent?.name);
  assert.deepEqual(
    experiment?.events?.map(({ name }) => name),
    ["commanded", "bit", "first failure", "recovered", "healed"],
  );
});

test("a collector that does not exist costs the run nothing, and the loss is recorded without secrets", async (context) => {
  const { output } = await open(context, "http://127.0.0.1:1", { OTEL_EXPORTER_OTLP_HEADERS: "api-key=s3cret" });
  const lost = await output.settle?.(soon());
  assert.match(lost ?? "", /^1 of 1 messages were not delivered/);
  assert.doesNotMatch(lost ?? "", /s3cret/);
});

test("headers are read from OpenTelemetry's variable", () => {
  assert.deepEqual(headersOf("a=1, b=x%3Dy"), { a: "1", b: "x=y" });
  assert.deepEqual(headersOf(undefined), {});
  assert.throws(
    () => headersOf("s3cret"),
    (thrown) => !String(thrown).includes("s3cret"),
  );
});

for (const url of ["127.0.0.1:4318", "ftp://127.0.0.1", "http://user:s3cret@127.0.0.1:4318", ""]) {
  test(`--otel ${JSON.stringify(url)} is refused, without showing a password`, async (context) => {
    await assert.rejects(open(context, url), (thrown) => {
      assert.equal((thrown as { code?: string }).code, "bad-flag");
      return !String(thrown).includes("s3cret");
    });
  });
}
