import assert from "node:assert/strict";
import { test } from "node:test";
import { aSecond, IDLE_HEALTH } from "../../interval/interval.fixture.ts";
import { GeneratorRecord } from "../../objective/generator.ts";
import { GeneratorWatch } from "./generator.ts";

function bottlenecksOf(slow: readonly boolean[], workers = 1): number {
  const watch = new GeneratorWatch();
  const record = new GeneratorRecord();
  for (const [at, isSlow] of slow.entries()) {
    for (let slot = 0; slot < workers; slot++) {
      const health = { ...IDLE_HEALTH, loopDelayMsP99: isSlow ? 250 : 1 };
      const interval = aSecond({
        worker: `w${slot}`,
        sequence: at,
        fromMs: at * 1_000,
        toMs: at * 1_000 + 1_000,
        health,
      });
      watch.add(interval);
      record.add(interval);
    }
  }
  const { length } = watch.report().bottlenecks;
  assert.equal(record.isStalledTooOften, length > 0, "the load and the judge decide by the same rule");
  return length;
}

const seconds = (count: number, slow: number) => Array.from({ length: count }, (_, at) => at < slow);

test("one slow second of each worker is allowed, unless the load is very short; else a twentieth of all is", () => {
  for (const [count, slow, found] of [
    [1, 1, 1],
    [2, 1, 1],
    [3, 1, 0],
    [6, 1, 0],
    [6, 2, 1],
    [20, 1, 0],
    [20, 2, 1],
    [60, 3, 0],
    [60, 4, 1],
  ] as const) {
    assert.equal(bottlenecksOf(seconds(count, slow)), found, `${slow} of ${count} seconds`);
    assert.equal(bottlenecksOf(seconds(count, slow), 4), found, `${slow} of ${count} seconds of four workers`);
  }
});
