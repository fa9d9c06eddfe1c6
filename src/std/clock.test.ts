import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { monotonicClock } from "./clock.ts";

test("clocks with one origin agree within a tenth of a millisecond, even in a process that has just started", () => {
  const here = monotonicClock();
  const there = monotonicClock(here.originNs);
  assert.ok(Math.abs(here.nowMs() - there.nowMs()) < 0.1);
  // The child prints the readings of its clock and of CLOCK_MONOTONIC, one right after the other.
  const program = `import { monotonicClock } from ${JSON.stringify(new URL("./clock.ts", import.meta.url).href)};
    const clock = monotonicClock("0");
    const skews = Array.from({ length: 50 }, () => clock.nowMs() - Number(process.hrtime.bigint()) / 1e6);
    console.log(Math.max(...skews));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  const skewMs = Number(stdout.trim());
  assert.ok(stdout !== "" && Math.abs(skewMs) < 0.1, `skew ${stdout} ms`);
});
