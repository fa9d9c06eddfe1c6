import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Operation } from "../../history.ts";
import { aSecond } from "../../interval/interval.fixture.ts";
import type { Interval } from "../../interval.ts";
import { Recorder } from "../../load/count/recorder.ts";
import type { RunningState } from "../../load/wire/envelope.ts";
import { Earlier } from "./earlier.ts";

function interval(worker: string, sequence: number): Interval {
  const metrics = [
    { metric: "http_req_duration{name:a}", count: 10, failed: 0, sum: 10, min: 1, max: 1, buckets: [1, 10] },
  ];
  return aSecond({ worker, sequence, fromMs: sequence * 1000 - 1000, toMs: sequence * 1000, metrics });
}

/** Writes the evidence of a coordinator that is killed after these reports. */
function write(folder: string, intervals: readonly Interval[]): void {
  const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");
  writeFileSync(join(folder, "intervals.ndjson"), lines(intervals));
  const ids = intervals.map(({ worker, sequence }) => ({ id: `${worker}-${sequence}` }));
  writeFileSync(join(folder, "history.ndjson"), lines(ids));
}

test("a coordinator that takes over continues from what was recorded, once, up to a broken line", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-out-"));
  context.after(() => rmSync(folder, { recursive: true }));
  write(folder, [interval("w0", 1), interval("w1", 1), interval("w0", 2), interval("w0", 2), interval("w0", 3)]);
  appendFileSync(join(folder, "intervals.ndjson"), '{"worker":"w0","sequ');
  const recorder = new Recorder([], false);
  const earlier = new Earlier();
  earlier.read(folder, recorder);
  const last = (worker: string) => earlier.known({ worker } as RunningState).lastSequence;
  assert.deepEqual([last("w0"), last("w1"), last("w2")], [3, 1, 0]);
  const { all } = recorder.json("s") as { all: { count: number } };
  assert.equal(all.count, 40);
  const heard: string[] = [];
  const onOperation = ({ id }: Operation) => void heard.push(id);
  const listener = earlier.without({ onOperation, onInterval: () => undefined, onEvent: () => undefined });
  for (const id of ["w0-3", "w0-4"]) listener.onOperation({ id } as Operation);
  assert.deepEqual(heard, ["w0-4"]);
});
