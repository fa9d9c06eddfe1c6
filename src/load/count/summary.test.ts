import assert from "node:assert/strict";
import { test } from "node:test";
import { aSecond } from "../../interval/interval.fixture.ts";
import { Recorder } from "./recorder.ts";
import { formatSummary } from "./summary.ts";

test("a thousand names are no thousand lines, failed checks come first, and what scripts name stays on its line", () => {
  const recorder = new Recorder([], false);
  const names = Array.from({ length: 150 }, (_, number) => `check ${number}`);
  const metrics = [
    ...names.map((name) => ({ metric: `checks{name:${name}}`, count: 2, failed: name === "check 149" ? 1 : 0 })),
    { metric: `checks{name:two%0Alines \u001b[31m${"long".repeat(100)}}`, count: 1, failed: 1 },
  ].map((one) => ({ ...one, sum: 1, min: 0, max: 1 }));
  recorder.interval(aSecond({ metrics }));
  const printed = {
    atMs: 0,
    type: "note",
    source: "w0",
    says: "a line of a script",
    detail: { printed: true },
  } as const;
  recorder.event(printed);
  recorder.event({ atMs: 1, type: "note", source: "w0", says: "the engine's own" });
  const text = formatSummary(recorder.summary());
  const [, checks = ""] = text.split("\nchecks\n");
  const lines = checks.split("\n\n")[0]?.split("\n") ?? [];
  assert.match(lines[0] ?? "", /^ {2}FAIL check 149 {3}50\.00 % of 2$/);
  assert.match(lines[1] ?? "", /^ {2}FAIL two lines {2}\[31mlong.{0,120}\.\.\. {3}0\.00 % of 1$/);
  assert.equal(lines.length, 101);
  assert.equal(lines.at(-1), "  and 51 more");
  assert.match(text, /\nnotes\n {2}the engine's own\n {2}a line of a script\n/);
});
