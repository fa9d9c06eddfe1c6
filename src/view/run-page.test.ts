import assert from "node:assert/strict";
import { test } from "node:test";
import { findAll, textOf, type ViewNode } from "../view.ts";
import { refusalOf } from "./button.ts";
import { describeCourse, describeSecond, shownSpan } from "./course-section.ts";
import { stampsOf } from "./experiments.ts";
import { logAsText } from "./log.ts";
import { type DayOptions, madeState } from "./made-day.fixture.ts";
import { countObjectives, inOrder, soFar } from "./objectives.ts";
import { renderRequests } from "./requests.ts";
import { FIRST_CHOICE, RunPageTree } from "./run-page.ts";
import { markerOf, renderStrip, widthsOf } from "./strip.ts";
import { tilesOf } from "./tiles.ts";
import { WatchedRun } from "./watched-run.ts";

const MAY = { readOnlyBecause: null };

function pageAt(day: DayOptions, readOnlyBecause: string | null = null): readonly ViewNode[] {
  const run = new WatchedRun(madeState(day));
  return new RunPageTree().render({
    run,
    nowMs: run.state.nowMs,
    choice: FIRST_CHOICE,
    rights: { readOnlyBecause },
    connection: { state: "live", says: null },
    asked: [],
    found: null,
    notice: null,
    older: [],
  });
}

const section = (nodes: readonly ViewNode[], label: string) =>
  nodes.flatMap((node) => findAll(node, ({ attributes }) => attributes["aria-label"] === label))[0] ?? "";
const buttons = (nodes: readonly ViewNode[]) => nodes.flatMap((node) => findAll(node, ({ tag }) => tag === "button"));

test("while users are down, the page shows which, since when, and what is broken on purpose", () => {
  const says = textOf(section(pageAt({ atS: 235 }), "The state in one sentence"));
  assert.match(says, /Users are down: order-write, read, since 5\.0 s: the database leader's node is cut off/);
});

test("nothing is green before the run is judged", () => {
  const green = (nodes: readonly ViewNode[]) =>
    nodes.flatMap((node) => findAll(node, ({ attributes }) => /\bpass\b/.test(String(attributes["class"] ?? ""))))
      .length;
  for (const atS of [10, 58, 100, 235, 299]) assert.equal(green(pageAt({ atS })), 0, `${atS} s`);
  assert.ok(green(pageAt({ atS: 300, over: "pass" })) > 0);
});

test("missed objectives come first, and the count is marked as so far", () => {
  const { objectives } = madeState({ atS: 100 });
  assert.deepEqual(
    inOrder(objectives).map(({ state }) => state),
    ["missed-so-far", "open", "met-so-far", "met-so-far"],
  );
  assert.equal(countObjectives(objectives, false), "so far: 2 met, 1 missed, 1 open");
});

test("a measured value is shown as a value, a range or nothing", () => {
  const of = (lower: number | null, upper: number | null, value: number | null) =>
    soFar({ unit: "s", soFar: { lower, upper, value } });
  assert.deepEqual(
    [of(7.38, 7.44, null), of(null, null, 9.4), of(30, null, null), soFar({ unit: "s", soFar: null })],
    ["7.38 to 7.44 s", "9.4 s", "over 30 s", "–"],
  );
});

test("durations advance with the run's clock: how long a fault is held, how long is left, and how long users are down", () => {
  const experiment = madeState({ atS: 235 }).experiments[3];
  assert.ok(experiment);
  const says = stampsOf(experiment, 236_500).map(textOf).join("; ");
  assert.match(
    says,
    /commanded 3:50; bit 3:50 \+0\.21 s; first failure −0\.17 s; users down for 6\.46 s; held 6\.29 s, 23\.5 s left/,
  );
});

test("a control that is not allowed stays visible, greyed, with its reason; a page without the right can use none", () => {
  const inject = buttons(pageAt({ atS: 235 })).find(({ attributes }) => attributes["data-control"] === "inject");
  assert.equal(inject?.attributes["aria-disabled"], "true");
  assert.match(textOf(inject ?? ""), /a fault is held/);
  const controls = buttons(pageAt({ atS: 58 }, "the server was started with --read-only")).filter(
    ({ attributes }) => attributes["data-do"] === "control",
  );
  assert.ok(controls.length >= 3);
  for (const { attributes } of controls) assert.equal(attributes["aria-disabled"], "true");
  assert.equal(refusalOf("download", null, { readOnlyBecause: "no right" }), null);
});

test("latency in the tiles is that of answered requests, and failures stand beside it", () => {
  const run = new WatchedRun(madeState({ atS: 63 }));
  const tile = (title: string) => tilesOf(run.state, run.columns).find((each) => each.title === title);
  assert.ok(Number(tile("failed/s")?.value) > 200);
  assert.match(tile("failed/s")?.small ?? "", /% so far/);
  assert.equal(tile("postgres")?.value, "n2");
});

test("the marker of the plan strip moves through phases and experiments", () => {
  const at = (atS: number) => {
    const style = findAll(renderStrip(madeState({ atS })), ({ attributes }) => attributes["class"] === "marker")[0];
    return Number(/left: ([\d.]+)/.exec(String(style?.attributes["style"]))?.[1]);
  };
  const moments = [5, 15, 40, 63, 105, 125, 205, 240].map(at);
  assert.ok(
    moments.every((moment) => moment >= 0),
    "it moves between two experiments, too",
  );
  assert.deepEqual(
    [...moments].sort((a, b) => a - b),
    moments,
  );
  assert.equal(widthsOf([]).length, 0);
  assert.equal(markerOf([], []), null);
});

test("5,000 names are 200 rows, and the page says how many more there are", () => {
  const { requests } = madeState({ atS: 200, requestNames: 5000 });
  const tree = renderRequests({ ...requests, choice: FIRST_CHOICE.requests });
  assert.equal(findAll(tree, ({ tag }) => tag === "tr").length, 201);
  assert.match(textOf(tree), /4,800 more: filter/);
});

test("the picture has a text: faults, outages with their lengths, and leaders", () => {
  const says = describeCourse(madeState({ atS: 130 }));
  assert.match(says, /the Redis master dies from 2:00 to now/);
  assert.match(says, /session-write\/kept: 1 outage, 0\.76 s at 2:00/);
  assert.match(says, /postgres: postgres\/n3/);
});

test("one second is read out with the users who were down, for how long, and what was broken", () => {
  const run = new WatchedRun(madeState({ atS: 130 }));
  const says = describeSecond(run.state, run.columns, 120);
  assert.match(says, /^2:00: \d+ answered, \d+ failed a second; p50 .* ms; 500 of 500 users; 10 of 10 replicas/);
  assert.match(says, /down: session-write\/fresh \(0\.76 s\)/);
  assert.match(says, /broken: the Redis master dies/);
});

test("the shown time follows now, until the user zooms", () => {
  const course = FIRST_CHOICE.course;
  assert.deepEqual(shownSpan(course, 280_000), { fromMs: 0, toMs: 280_000 });
  assert.deepEqual(shownSpan({ ...course, range: "5" }, 400_000), { fromMs: 100_000, toMs: 400_000 });
  const zoom = { fromMs: 1000, toMs: 9000 };
  assert.deepEqual(shownSpan({ ...course, zoom }, 400_000), zoom);
});

test("the log copies as text, oldest first, with both clocks", () => {
  const { events } = madeState({ atS: 58 });
  const text = logAsText({ events, choice: FIRST_CHOICE.log, hasOlder: false }, Date.parse("2026-11-30T10:15:00Z"));
  assert.deepEqual(text.split("\n").slice(0, 2), [
    "0:00.0  2026-11-30T10:15:00.000Z  validation",
    "0:20.0  2026-11-30T10:15:20.000Z  load",
  ]);
});

test("a table whose rows did not change is the same tree, so that drawing it again costs nothing", () => {
  const run = new WatchedRun(madeState({ atS: 100 }));
  const page = new RunPageTree();
  const draw = (nowMs: number) =>
    page.render({
      run,
      nowMs,
      choice: FIRST_CHOICE,
      rights: MAY,
      connection: { state: "live", says: null },
      asked: [],
      found: null,
      notice: null,
      older: [],
    });
  assert.equal(section(draw(100_000), "Requests"), section(draw(100_500), "Requests"));
  assert.notEqual(section(draw(100_000), "Experiments"), section(draw(100_500), "Experiments"));
});

test("without a connection no control can be used, and the reason is shown", () => {
  const run = new WatchedRun(madeState({ atS: 100 }));
  const connection = { state: "lost" as const, says: "Not connected." };
  const view = {
    run,
    nowMs: 1,
    choice: FIRST_CHOICE,
    rights: MAY,
    connection,
    asked: [],
    found: null,
    notice: null,
    older: [],
  };
  const pressed = buttons(new RunPageTree().render(view)).filter(
    ({ attributes }) => attributes["data-do"] === "control",
  );
  assert.ok(pressed.length > 0);
  for (const button of pressed) assert.match(textOf(button), /the page is not connected/);
});

test("hostile text of a target is text in the tree, never an element", () => {
  const run = new WatchedRun(madeState({ atS: 100 }));
  const hostile = '<img src=x onerror="alert(1)">';
  run.state.failures = {
    rows: [{ name: hostile, error: hostile, count: 1, firstMs: 1, lastMs: 2, example: hostile }],
    total: 1,
  };
  const nodes = new RunPageTree().render({
    run,
    nowMs: 1,
    choice: FIRST_CHOICE,
    rights: MAY,
    connection: { state: "live", says: null },
    asked: [],
    found: null,
    notice: null,
    older: [],
  });
  assert.equal(nodes.flatMap((node) => findAll(node, ({ tag }) => tag === "img")).length, 0);
  assert.ok(textOf(section(nodes, "Failures")).includes(hostile));
});
