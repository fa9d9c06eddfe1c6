import assert from "node:assert/strict";
import { test } from "node:test";
import { IDLE_HEALTH } from "../../interval/interval.fixture.ts";
import type { Interval } from "../../interval.ts";
import { parseThreshold } from "../../objective/threshold.ts";
import { Histogram } from "../../std/histogram.ts";
import { Recorder } from "./recorder.ts";

function requests(tags: string, count: number, failed: number): Interval["metrics"][number] {
  const histogram = new Histogram();
  for (let made = 0; made < count; made++) histogram.record(5);
  return { metric: `http_req_duration{${tags}}`, failed, ...histogram.snapshot() };
}

function recorded(threshold: string, ...metrics: Interval["metrics"]): Recorder {
  const recorder = new Recorder([parseThreshold(threshold)], false);
  const place = { worker: "w0", epoch: 1, sequence: 1, fromMs: 0, toMs: 1_000 };
  recorder.interval({ ...place, users: 1, usersIntended: 1, dropped: 0, metrics, health: IDLE_HEALTH });
  return recorder;
}

const answered = requests("name:a", 8, 0);
const refused = requests("error:refused,expected_response:false,name:a", 2, 2);
const unopened = requests("error:local,expected_response:false,name:a", 2, 2);

test("calls that this machine had no port or descriptor for are a bottleneck of the generator", () => {
  const { generator } = recorded("http_req_failed: rate < 1", answered, unopened).summary();
  assert.match(
    generator.bottlenecks.join(),
    /^2 calls failed because this machine had no local port or descriptor left/,
  );
});

test("the judge's status of a threshold takes the place of the measured one", () => {
  const recorder = recorded("http_req_failed: rate < 0.1", answered, refused);
  assert.equal(recorder.summary().thresholds[0]?.status, "fail");
  recorder.judged(new Map([["http_req_failed: rate < 0.1", "unknown"]]));
  assert.equal(recorder.summary().thresholds[0]?.status, "unknown");
});

test("a platform that no request reached is another thing than one that fails", () => {
  assert.equal(recorded("http_reqs: count > 0", refused).load.outcome.isUnreached, true);
  assert.equal(recorded("http_reqs: count > 0", answered, refused).load.outcome.isUnreached, false);
  assert.equal(
    recorded("http_reqs: count > 0", requests("error:http-503,name:a", 2, 2)).load.outcome.isUnreached,
    false,
  );
  assert.equal(recorded("http_reqs: count > 0").load.outcome.isUnreached, false);
});
