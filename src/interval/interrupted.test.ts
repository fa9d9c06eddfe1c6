import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram } from "../std/histogram.ts";
import { hungIn, interruptedIn } from "./interrupted.ts";
import { aSecond } from "./interval.fixture.ts";
import { Totals } from "./totals.ts";

function totalsOf(series: Readonly<Record<string, readonly number[]>>): Totals {
  const totals = new Totals();
  const metrics = Object.entries(series).map(([metric, values]) => {
    const histogram = new Histogram();
    for (const value of values) histogram.record(value);
    return { metric, failed: 0, ...histogram.snapshot() };
  });
  totals.add(aSecond({ metrics }));
  return totals;
}

test("a call that was cut off counts as hung only if it had waited far longer than the answers of its name took", () => {
  const totals = totalsOf({
    "http_req_duration{name:quick}": [5, 10],
    "http_req_duration{name:slow}": [3_000],
    "http_req_duration{error:timeout,expected_response:false,name:quick}": [10_000],
    "http_req_interrupted{name:quick}": [8, 90, 2_500],
    "http_req_interrupted{name:slow}": [2_500, 5_000],
    "http_req_interrupted{name:new}": [4_000, 9_000],
  });
  assert.equal(interruptedIn(totals, "http_req_duration"), 7);
  const hung = (tags: Record<string, string>) => hungIn(totals, "http_req_duration", tags);
  assert.deepEqual([hung({ name: "quick" }).count, hung({ name: "quick" }).max], [1, 2_500]);
  assert.equal(hung({ name: "slow" }).count, 0);
  assert.equal(hung({}).count, 2, "a name without any answer is measured by the slowest answer of all: 3 s");
  assert.equal(hung({ name: "new" }).count, 2, "a selector for it alone finds no answer at all");
});
