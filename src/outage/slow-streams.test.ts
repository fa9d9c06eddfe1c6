import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { probeSamples } from "../verdict/run.fixture.ts";
import { gapsOf } from "./gaps.ts";
import { outagesOf } from "./outages.ts";
import { type FaultTimes, recoverStream } from "./recovery.ts";
import { SampleCollector, type SampledStream } from "./samples.ts";

/** Returns a stream that beats every `everyMs`, and whose beats fail if they are sent within the span. */
function slow(everyMs: number, ...spans: [number, number][]): SampledStream {
  const collector = new SampleCollector();
  for (const sample of probeSamples("order-write", "kept", spans)) {
    const isDue = (sample.invokedAtMs - 1_000) % everyMs === 0;
    if (isDue) collector.add({ ...sample, probe: { class: "order-write", connection: "kept", everyMs } });
  }
  const [stream] = collector.streams();
  assert.ok(stream !== undefined);
  return stream;
}

const TIMES: FaultTimes = {
  commandedMs: 20_000,
  biteMs: 20_100,
  healCommandedMs: 40_000,
  reach: { fromMs: 20_000, toMs: 55_000 },
  watchedUntilMs: 40_000,
  ofAllRounds: { fromMs: 20_000, toMs: 55_000 },
};
const anyEveryMs = fc.constantFrom(100, 200, 250, 500, 1_000);

test("a slower stream's brackets hold the truth, are as wide as its beats, and its recovery is seen at any rate", () => {
  fc.assert(
    fc.property(
      anyEveryMs,
      fc.integer({ min: 2_000, max: 30_000 }),
      fc.integer({ min: 1_001, max: 15_000 }),
      (everyMs, fromMs, lastsMs) => {
        const toMs = fromMs + lastsMs;
        const [outage, ...more] = outagesOf(slow(everyMs, [fromMs, toMs]));
        assert.equal(more.length, 0);
        assert.ok(outage?.end != null, "its recovery is seen");
        assert.ok(outage.begin.lowerMs <= fromMs && fromMs <= outage.begin.upperMs);
        assert.ok(outage.end.lowerMs <= toMs && toMs <= outage.end.upperMs);
        assert.ok(outage.begin.upperMs - outage.begin.lowerMs <= everyMs);
        assert.ok(outage.end.upperMs - outage.end.lowerMs <= 2 * everyMs + 10);
      },
    ),
  );
});

test("a stream's own pace is not a gap, but five missed beats are", () => {
  const stream = slow(1_000);
  const within = { fromMs: 1_000, toMs: 50_000 };
  assert.deepEqual(gapsOf(stream, within), []);
  const silent = stream.samples.filter(({ sentMs }) => sentMs <= 10_000 || sentMs >= 16_000);
  assert.deepEqual(gapsOf({ ...stream, samples: silent }, within), [{ fromMs: 10_000, toMs: 16_000 }]);
  // Four missing beats, of which the one before came as early as it may and the one after as late as it may.
  const four = [10_000, 15_749].map((sentMs) => ({ id: `${sentMs}`, sentMs, completedMs: sentMs + 5, ok: true }));
  assert.deepEqual(gapsOf({ everyMs: 1_000, samples: four }, { fromMs: 10_000, toMs: 16_000 }), []);
});

test("an outage that a slow stream did not see may have lasted as long as its pause, and the recovery reports it", () => {
  const even = slow(500);
  const uneven = { ...even, samples: even.samples.map((one, at) => ({ ...one, sentMs: one.sentMs + (at % 2) * 250 })) };
  for (const [stream, pauseMs] of [
    [even, 500],
    [uneven, 750],
  ] as const) {
    const { recovery } = recoverStream(stream, [TIMES]);
    assert.deepEqual([recovery.state, recovery.lowerMs, recovery.upperMs], ["no-outage-seen", 0, pauseMs]);
    assert.match(recovery.says, new RegExp(`with up to ${(pauseMs / 1000).toFixed(2)} s between two beats`));
  }
});

test("samples that disagree about their rate are judged by the fastest of them", () => {
  const collector = new SampleCollector();
  for (const [at, sample] of probeSamples("order-write", "kept", []).entries()) {
    const slowly = { class: "order-write", connection: "kept", everyMs: 1_000 } as const;
    collector.add(at % 2 === 0 ? { ...sample, probe: slowly } : sample);
  }
  const [stream, ...others] = collector.streams();
  assert.deepEqual([stream?.everyMs, others], [undefined, []]);
  assert.equal(stream?.samples.length, probeSamples("order-write", "kept", []).length);
});
