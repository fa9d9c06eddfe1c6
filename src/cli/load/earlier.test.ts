import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Operation } from "../../history.ts";
import { aSecond } from "../../interval/interval.fixture.ts";
import type { Interval } from "../../interval.ts";
import { Recorder } from "../../load/count/recorder.ts";
import type { RunningState } from "../../load/wire/envelope.ts";
import { Earlier, runMark } from "./earlier.ts";
import { OutputFiles } from "./files.ts";

function interval(worker: string, sequence: number): Interval {
  const metrics = [
    { metric: "http_req_duration{name:a}", count: 10, failed: 0, sum: 10, min: 1, max: 1, buckets: [1, 10] },
  ];
  return aSecond({ worker, sequence, fromMs: sequence * 1000 - 1000, toMs: sequence * 1000, metrics });
}

/** Writes the files of a coordinator that is killed after these reports. */
function part(folder: string, runId: string, intervals: readonly Interval[]): void {
  using files = new OutputFiles(folder);
  files.write("timeline", runMark(runId, 0));
  for (const each of intervals) files.write("intervals", each);
  for (const { worker, sequence } of intervals) files.write("history", { id: `${worker}-${sequence}` });
}

test("a coordinator that takes over counts on from what was kept of its run, once, up to a broken line", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-out-"));
  context.after(() => rmSync(folder, { recursive: true }));
  part(folder, "another", [interval("w0", 1)]);
  part(folder, "mine", [interval("w0", 1), interval("w1", 1), interval("w0", 2)]);
  part(folder, "mine", [interval("w0", 2), interval("w0", 3)]);
  appendFileSync(join(folder, "intervals-3.ndjson"), '{"worker":"w0","sequ');
  const recorder = new Recorder([], false);
  const earlier = new Earlier();
  earlier.read(folder, "mine", recorder);
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
