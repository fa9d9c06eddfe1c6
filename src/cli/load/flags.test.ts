import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import { type LoadFlags, loadOptions, planOfFlags } from "./flags.ts";

function jobOf(...argv: string[]) {
  const command = new Command().argument("<script...>").exitOverride();
  for (const option of loadOptions()) command.addOption(option);
  command.parse(["sale.ts", ...argv], { from: "user" });
  return planOfFlags(["sale.ts"], command.opts<LoadFlags>());
}

function shape(...argv: string[]) {
  const { plan, durationMs } = jobOf(...argv);
  return [plan.executor, plan.stages.map(({ durationMs: ms, target }) => [ms / 1000, target]), durationMs];
}

test("k6's habits", () => {
  assert.deepEqual(shape("-u", "50", "-d", "30s"), ["constant-vus", [[30, 50]], 30_000]);
  assert.deepEqual(shape("--vus", "5", "--duration", "1m"), ["constant-vus", [[60, 5]], 60_000]);
  const ramp = [
    [60, 100],
    [10, 0],
  ];
  assert.deepEqual(shape("-s", "1m:100", "-s", "10s:0"), ["ramping-vus", ramp, 70_000]);
  assert.deepEqual(shape("--stage", "1m:100,10s:0"), ["ramping-vus", ramp, 70_000], "several in one");
  assert.deepEqual(jobOf("-e", "A=1", "-e", "B=x=y").plan.env, { A: "1", B: "x=y" });
});

test("--iterations are those of all users together, as in k6", () => {
  const all = jobOf("-u", "3", "-i", "20").plan;
  assert.deepEqual([all.executor, all.iterations], ["shared-iterations", 20]);
  const each = jobOf("-u", "3", "--per-vu-iterations", "20").plan;
  assert.deepEqual([each.executor, each.iterations], ["per-vu-iterations", 20]);
  assert.throws(() => jobOf("-i", "5", "--per-vu-iterations", "5"), { code: "bad-flag" });
});

test("Locust's flags are accepted", () => {
  const ramp = [
    [4.5, 10],
    [55.5, 10],
  ];
  assert.equal(jobOf("-u", "10", "-r", "0.1").plan.startTarget, 1, "the first user starts at once");
  assert.deepEqual(shape("-u", "10", "-r", "2", "-t", "1m", "--headless"), ["ramping-vus", ramp, 60_000]);
  assert.deepEqual(shape("--users", "10", "--run-time", "90"), ["constant-vus", [[90, 10]], 90_000]);
});

test("numbers without a unit are seconds, and those that look like milliseconds cause a note", () => {
  const notes = (...argv: string[]) => jobOf(...argv).notes;
  assert.equal(jobOf("--timeout", "5").plan.client?.timeoutMs, 5_000);
  assert.deepEqual(notes("--timeout", "5", "-d", "3600", "--graceful-stop", "30"), []);
  assert.deepEqual(notes("--stage", "60:5"), []);
  for (const argv of [
    ["--timeout", "500"],
    ["--connect-timeout", "3000"],
    ["--graceful-stop", "500"],
    ["-d", "30000"],
    ["--run-time", "60000"],
    ["--stage", "10s:5,10000:5"],
  ])
    assert.match(
      notes(...argv).join(),
      /^--[a-z-]+ (\d+) means \1 seconds, as every number without a unit does: \1ms would be milli/,
    );
});

test("the flags of open models are read", () => {
  assert.deepEqual(shape("--rate", "500/s", "-d", "10s"), ["constant-arrival-rate", [[10, 500]], 10_000]);
  assert.deepEqual(shape("--rate", "30/m", "-d", "10s"), ["constant-arrival-rate", [[10, 0.5]], 10_000]);
  assert.deepEqual(shape("--rate", "1", "-s", "10s:50"), ["ramping-arrival-rate", [[10, 50]], 10_000]);
  assert.equal(jobOf("--rate", "5", "-s", "10s:50").plan.startTarget, 5);
  assert.equal(jobOf("--vus", "7", "-s", "10s:50").plan.startTarget, 7);
});

test("an invalid value of a flag is refused with an example", () => {
  for (const argv of [
    ["--vus", "0"],
    ["--vus", "many"],
    ["--duration", "soon"],
    ["--stage", "100"],
    ["--rate", "fast"],
    ["-e", "novalue"],
    ["--out", "json=results.json"],
  ])
    assert.throws(() => jobOf(...argv), { name: "GamedayError", code: "bad-flag" }, argv.join(" "));
});

test("flags that contradict each other, or end before they begin, are refused instead of guessed at", () => {
  for (const argv of [
    ["-d", "0"],
    ["-d", "99999999"],
    ["-s", "0s:5"],
    ["-s", "1s:1:2"],
    ["-s", "1s:1.5"],
    ["-s", "1s:10000000"],
    ["--rate", "0"],
    ["--rate", "30/m", "-s", "1m:60"],
    ["--rate", "5", "-u", "5"],
    ["-r", "0", "-u", "3"],
    ["-r", "1", "--rate", "5"],
    ["-i", "5", "-s", "1s:5"],
    ["-i", "5", "--rate", "5"],
    ["-u", "2", "--users", "3"],
    ["-d", "1s", "-t", "2s"],
    ["-d", "1s", "-s", "1s:5"],
    ["--max-vus", "3"],
    ["--timeout", "0"],
    ["--workers", "1000000"],
    ["--json", "--quiet"],
  ])
    assert.throws(() => jobOf(...argv), { name: "GamedayError", code: "bad-flag" }, argv.join(" "));
  assert.equal(jobOf("--workers", "1000", "--listen", "127.0.0.1:7070").plan.workers, 1_000);
  assert.equal(jobOf("--rate", "30/m", "-s", "1m:60/m").plan.stages[0]?.target, 1);
  assert.equal(jobOf("-s", "5:5").plan.stages[0]?.durationMs, 5_000, "seconds, as in --duration");
});

test("for a flag of another tool the message names ours", () => {
  assert.throws(() => jobOf("--summary-export", "x.json"), { hint: /--json FILE/ });
  assert.throws(() => jobOf("-f", "locustfile.py"), { hint: /gameday load script\.ts/ });
  assert.throws(() => jobOf("--expect-workers", "2"), { hint: /--listen/ });
});
