import assert from "node:assert/strict";
import { test } from "node:test";
import type { Interval } from "../../interval.ts";
import { judgeFully } from "../../verdict/judge.ts";
import { cleanRun, evidenceOf, KILL, MOMENTS, toldChecker } from "../../verdict/run.fixture.ts";
import { readLoad } from "./reading.ts";

function read(change: (intervals: Interval[]) => Interval[] = (all) => all) {
  const run = cleanRun();
  run.intervals = change(run.intervals);
  const evidence = evidenceOf(run);
  return readLoad(evidence, judgeFully(evidence, [toldChecker()]).facts);
}

test("an outage of some seconds is some points, one for each second, however long the run", () => {
  const { seconds } = read();
  const failing = seconds.filter(({ failed }) => (failed ?? 0) > 0).map(({ atMs }) => atMs);
  assert.ok(failing.length >= 5, `points with failures: ${failing.join(", ")}`);
  assert.deepEqual(
    seconds.map(({ atMs }) => atMs),
    seconds.map((_, at) => at * 1000),
  );
});

test("what users' own requests felt belongs to the experiment, and begins no earlier than its command", () => {
  const [own, ...others] = read().failures.own();
  assert.deepEqual([own?.experiment, others.length], [KILL.name, 0]);
  assert.equal(own?.failed, 600);
  assert.ok((own?.firstFailedMs ?? 0) >= MOMENTS.commanded);
});

test("an interval that was sent twice counts once, and the order of arrival does not matter to the seconds", () => {
  const once = read();
  const twice = read((all) => all.flatMap((one) => [one, one]));
  assert.deepEqual(twice.seconds, once.seconds);
  assert.deepEqual(twice.failures.kinds(), once.failures.kinds());
});

test("times that cannot be are ignored, and a run of a month has no points instead of millions", () => {
  const odd = read((all) => [...all, { ...(all[0] as Interval), sequence: 1e6, fromMs: 5e4, toMs: 1e300 }]);
  assert.ok(odd.seconds.length <= 60);
  const run = cleanRun();
  run.timeline = [...run.timeline, { atMs: 30 * 24 * 3600 * 1000, type: "note", source: "run", says: "late" }];
  const evidence = evidenceOf(run);
  assert.deepEqual(readLoad(evidence, judgeFully(evidence, [toldChecker()]).facts).seconds, []);
});
