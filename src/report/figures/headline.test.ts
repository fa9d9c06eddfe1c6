import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { judgeFully } from "../../verdict/judge.ts";
import { cleanRun, evidenceOf, objective, probeSamples, toldChecker } from "../../verdict/run.fixture.ts";
import { readLoad } from "../load/reading.ts";
import { statsOf } from "../stats.ts";
import { type HeadlineSource, headlineOf } from "./headline.ts";

function sourceOf(
  change: (run: ReturnType<typeof cleanRun>) => void = () => undefined,
  objectives = [objective("lost-writes", { atMost: 0 })],
): HeadlineSource {
  const run = cleanRun(objectives);
  change(run);
  const evidence = evidenceOf(run);
  const { verdict, facts } = judgeFully(evidence, [toldChecker()]);
  return { verdict, run: evidence.run, stats: statsOf(facts, readLoad(evidence, facts)) };
}

const figureOf = (source: HeadlineSource, title: string) => {
  const found = headlineOf(source).find((one) => one.title === title);
  assert.ok(found !== undefined, title);
  return found;
};

test("there are eight figures, whatever is known", () => {
  assert.equal(headlineOf(sourceOf()).length, 8);
  const bare = sourceOf((run) => {
    run.operations = [];
    run.intervals = [];
  });
  assert.deepEqual(
    headlineOf(bare).map(({ value }) => value),
    ["–", "0", "–", "–", "0", "–", "–", "fake"],
  );
});

test("success outside the faults says on how many of the requests it rests", () => {
  const { value, small } = figureOf(sourceOf(), "of all requests succeeded");
  assert.equal(value, "88.8 %");
  assert.match(small, /^100 % outside the faults, which rests on [\d.]+ % of them$/);
});

test("the number of such failures follows from the formula that is shown", () => {
  const target = objective("availability-percent", { atLeast: 99.5 });
  const { value, small } = figureOf(
    sourceOf(() => undefined, [target]),
    "such failures a month",
  );
  const [, share = "", seconds = ""] = /floor\(30 days × \(1 − ([\d.]+)\) \/ ([\d.]+) s\)/.exec(small) ?? [];
  assert.equal(
    Number(value.replaceAll(",", "")),
    Math.floor((30 * 24 * 3600 * (1 - Number(share))) / Number(seconds) + 1e-6),
  );
  assert.match(small, /^the target of 99\.5 % survives/);
  assert.match(figureOf(sourceOf(), "such failures a month").small, /99\.9 %, for want of a target in the plan/);
});

test("no outage is said to be none, never 0 s; one that did not end is said so", () => {
  const quiet = sourceOf((run) => {
    run.operations = probeSamples("order-write", "kept", []);
  });
  assert.equal(figureOf(quiet, "longest outage").value, "none");
  const stuck = sourceOf((run) => {
    run.operations = probeSamples("order-write", "kept", [[20_150, 70_000]]);
  });
  assert.equal(figureOf(stuck, "longest outage").value, "never ended");
  assert.equal(figureOf(stuck, "such failures a month").value, "0");
});

test("statistics of an earlier version give the figures that they hold", () => {
  const read = (name: string): unknown => JSON.parse(readFileSync(`docs/full-run/${name}`, "utf8"));
  const kept = { verdict: read("verdict.json"), run: read("run.json"), stats: read("stats.json") } as HeadlineSource;
  assert.equal(headlineOf(kept).length, 8);
  assert.match(figureOf(kept, "longest outage").value, /^\d+\.\d+ to \d+\.\d+ s$/);
});
