import assert from "node:assert/strict";
import { test } from "node:test";
import { aSecond, IDLE_HEALTH } from "../../interval/interval.fixture.ts";
import { GeneratorWatch } from "./generator.ts";

function bottlenecksOf(slow: readonly boolean[], workers = 1): number {
  const watch = new GeneratorWatch();
  for (const isSlow of slow) {
    for (let slot = 0; slot < workers; slot++) {
      watch.add(aSecond({ worker: `w${slot}`, health: { ...IDLE_HEALTH, loopDelayMsP99: isSlow ? 80 : 1 } }));
    }
  }
  return watch.report().bottlenecks.length;
}

const seconds = (count: number, slow: number) => Array.from({ length: count }, (_, at) => at < slow);

test("one slow second is no verdict, unless it is most of the load; two of ten are", () => {
  for (const [count, slow, found] of [
    [1, 1, 1],
    [2, 1, 1],
    [3, 1, 0],
    [6, 1, 0],
    [6, 2, 1],
    [20, 2, 0],
    [20, 3, 1],
  ] as const) {
    assert.equal(bottlenecksOf(seconds(count, slow)), found, `${slow} of ${count} seconds`);
    assert.equal(bottlenecksOf(seconds(count, slow), 4), found, `${slow} of ${count} seconds of four workers`);
  }
});
