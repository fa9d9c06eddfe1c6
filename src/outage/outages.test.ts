import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { probeSample, probeSamples } from "../verdict/run.fixture.ts";
import { gapsOf } from "./gaps.ts";
import { outagesOf } from "./outages.ts";
import { type FaultTimes, recoverStream } from "./recovery.ts";
import { SampleCollector, type SampledStream } from "./samples.ts";

function streamOf(samples: ReturnType<typeof probeSamples>): SampledStream {
  const collector = new SampleCollector();
  for (const sample of samples) collector.add(sample);
  const [stream] = collector.streams();
  assert.ok(stream !== undefined);
  return stream;
}

function failing(...spans: [number, number][]): SampledStream {
  return streamOf(probeSamples("order-write", "kept", spans));
}

const TIMES: FaultTimes = {
  commandedMs: 20_000,
  biteMs: 20_100,
  healCommandedMs: 40_000,
  reach: { fromMs: 20_000, toMs: 55_000 },
  watchedUntilMs: 40_000,
  ofAllRounds: { fromMs: 20_000, toMs: 55_000 },
};

test("the brackets of an outage hold the truth, whenever it begins and however long it lasts", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2_000, max: 30_000 }), fc.integer({ min: 60, max: 15_000 }), (fromMs, lastsMs) => {
      const toMs = fromMs + lastsMs;
      const [outage, ...more] = outagesOf(failing([fromMs, toMs]));
      assert.deepEqual(more, []);
      assert.ok(outage?.end);
      assert.ok(outage.begin.lowerMs < fromMs && fromMs <= outage.begin.upperMs);
      assert.ok(outage.end.lowerMs <= toMs && toMs <= outage.end.upperMs);
      const widthMs = outage.end.upperMs - outage.end.lowerMs;
      assert.ok(widthMs <= 110, "with 20 beats a second a bracket is at most two beats and an answer wide");
    }),
    { numRuns: 60 },
  );
});

test("one replica that serves does not end the outage, but the second success in a row does", () => {
  // The users of three replicas, of which the last one serves 60 ms later: the beat at 12,000 ms meets one of the others.
  const samples = probeSamples("order-write", "kept", [[10_000, 12_000]]);
  const [outage] = outagesOf(streamOf(samples));
  assert.deepEqual(outage?.end, { lowerMs: 11_950, upperMs: 12_055 });
  const [met] = outagesOf(
    streamOf(
      probeSamples("order-write", "kept", [
        [10_000, 12_000],
        [12_050, 12_100],
      ]),
    ),
  );
  assert.deepEqual(met?.end, { lowerMs: 12_050, upperMs: 12_155 });
});

test("a relapse within the hold window reopens the same outage, and one after it is another", () => {
  assert.equal(outagesOf(failing([10_000, 12_000], [13_000, 14_000])).length, 1);
  assert.equal(outagesOf(failing([10_000, 12_000], [16_000, 17_000])).length, 2);
});

test("an outage that never recovers has no end, and neither has one that recovered too late to be sustained", () => {
  assert.equal(outagesOf(failing([30_000, 60_000]))[0]?.end, null);
  assert.equal(outagesOf(failing([30_000, 53_500]))[0]?.end, null);
});

test("lines in order of completion or doubled give the same outages as in order of sending", () => {
  const samples = probeSamples("order-write", "kept", [[10_000, 12_000]]);
  const late = [...samples].sort((a, b) => (a.completedAtMs ?? 0) - (b.completedAtMs ?? 0));
  const doubled = late.flatMap((sample) => [sample, sample]);
  assert.deepEqual(outagesOf(streamOf(doubled)), outagesOf(streamOf(samples)));
});

test("a probe held in a queue and answered at the end does not end the outage before its answer", () => {
  const samples = probeSamples("order-write", "kept", [[20_000, 20_500]]).map((sample) =>
    sample.invokedAtMs >= 20_500 && sample.invokedAtMs < 26_000 ? { ...sample, completedAtMs: 26_005 } : sample,
  );
  const [outage] = outagesOf(streamOf(samples));
  assert.equal(outage?.end?.upperMs, 26_005);
});

test("a fault without an outage has a recovery of 0, unless our own sending had a gap, or answers were delayed", () => {
  const quiet = recoverStream(failing(), [TIMES]).recovery;
  assert.deepEqual([quiet.state, quiet.lowerMs, quiet.upperMs], ["no-outage-seen", 0, 0]);
  const gapped = streamOf(
    probeSamples("order-write", "kept", []).filter((one) => !between(one.invokedAtMs, 21_000, 24_000)),
  );
  assert.deepEqual(recoverStream(gapped, [TIMES]).recovery.upperMs, 24_000 - 20_100);
  const held = streamOf(
    probeSamples("order-write", "kept", []).map((one) =>
      between(one.invokedAtMs, 21_000, 24_000) ? { ...one, completedAtMs: 24_010 } : one,
    ),
  );
  assert.equal(recoverStream(held, [TIMES]).recovery.upperMs, 24_010 - 20_100);
});

test("probes that fall silent for good after the bite are no data, not a recovery", () => {
  const silent = streamOf(probeSamples("order-write", "kept", []).filter((one) => one.invokedAtMs < 21_000));
  assert.equal(recoverStream(silent, [TIMES]).recovery.state, "no-data");
});

test("a gap before the recovery widens the interval to its end", () => {
  const samples = probeSamples("order-write", "kept", [[20_200, 22_000]]).filter(
    (one) => !between(one.invokedAtMs, 22_100, 25_000),
  );
  const { recovery } = recoverStream(streamOf(samples), [TIMES]);
  assert.deepEqual([recovery.lowerMs, recovery.upperMs], [21_950 - 20_100, 25_055 - 20_100]);
});

test("users who failed before the fault prove nothing about its recovery", () => {
  assert.equal(recoverStream(failing([15_000, 26_000]), [TIMES]).recovery.state, "no-data");
});

test("a relapse while the fault holds belongs to the same outage; one or two failures are a blip", () => {
  assert.equal(recoverStream(failing([20_200, 22_000], [30_000, 31_000]), [TIMES]).recovery.upperMs, 31_055 - 20_100);
  assert.equal(recoverStream(failing([20_200, 22_000], [30_000, 30_060]), [TIMES]).recovery.upperMs, 22_055 - 20_100);
});

test("an operation without an answer is not a sample", () => {
  const collector = new SampleCollector();
  collector.add({ ...probeSample("read", "kept", 0, 1_000, true), completedAtMs: null });
  assert.deepEqual(collector.streams()[0]?.samples, []);
  assert.equal(collector.streams()[0]?.unanswered, 1);
});

test("gaps are found at both ends and in the middle", () => {
  const at = (sentMs: number) => ({ id: String(sentMs), sentMs, completedMs: sentMs + 5, ok: true });
  const gaps = gapsOf({ samples: [1_000, 1_050, 2_000, 2_050].map(at) }, { fromMs: 500, toMs: 3_000 });
  assert.deepEqual(gaps, [
    { fromMs: 500, toMs: 1_000 },
    { fromMs: 1_050, toMs: 2_000 },
    { fromMs: 2_050, toMs: 3_000 },
  ]);
});

function between(value: number, from: number, to: number): boolean {
  return value >= from && value < to;
}
