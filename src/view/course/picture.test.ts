import assert from "node:assert/strict";
import { test } from "node:test";
import { Columns } from "../columns.ts";
import type { Mark } from "../course.ts";
import { madeState } from "../made-day.fixture.ts";
import { timeScale } from "./axis.ts";
import { drawCourse } from "./picture.ts";

const SIZE = { width: 900, gutter: 120, shown: { fromMs: 0, toMs: 240_000 } };

function marksAt(atS: number, size = SIZE): readonly Mark[] {
  const state = madeState({ atS });
  const columns = new Columns();
  columns.setAll(state.seconds);
  return drawCourse(state, columns, size).marks;
}

const boxes = (marks: readonly Mark[], paint: string) =>
  marks.flatMap((mark) => (mark.kind === "box" && mark.paint === paint ? [mark] : []));
const texts = (marks: readonly Mark[]) => marks.flatMap((mark) => (mark.kind === "text" ? [mark.text] : []));

test("a fault is one band from its command to its heal, at the same pixels as the outage that it caused", () => {
  const marks = marksAt(100);
  const [band, ...others] = boxes(marks, "fault");
  assert.ok(band);
  assert.deepEqual(others, []);
  const scale = timeScale(SIZE);
  assert.equal(band.x, scale.at(60_000));
  assert.ok(Math.abs(band.x + band.width - scale.at(80_480)) < 1e-9);
  const outages = boxes(marks, "outage");
  assert.equal(outages.length, 4, "orders and reads on both connections");
  for (const { x, hatched } of outages) {
    assert.ok(x > band.x && x < band.x + 1);
    assert.equal(hatched, true);
  }
});

test("an outage of 0.8 s has its length, and is two pixels wide even in eight hours", () => {
  assert.ok(texts(marksAt(130)).includes("0.76 s"));
  const eight = marksAt(130, { ...SIZE, shown: { fromMs: 0, toMs: 8 * 3_600_000 } });
  assert.ok(boxes(eight, "outage").every(({ width }) => width >= 2));
  assert.equal(boxes(eight, "outage").length, 6);
});

test("the band of a fault that is held reaches to now, and what is outside the shown time is not drawn", () => {
  const [band] = boxes(marksAt(70), "fault");
  assert.ok(band);
  assert.ok(Math.abs(band.x + band.width - timeScale(SIZE).at(70_000)) < 1e-9);
  assert.deepEqual(boxes(marksAt(240, { ...SIZE, shown: { fromMs: 90_000, toMs: 110_000 } }), "fault"), []);
});

test("the bound of an objective is a dashed line in the panel of latency", () => {
  const marks = marksAt(100);
  const bound = marks.find((mark) => mark.kind === "line" && mark.paint === "bound");
  assert.ok(bound?.kind === "line" && bound.dashes !== undefined);
  assert.ok(
    marks.some((mark) => mark.kind === "legend" && mark.parts.some(({ text }) => /p95 under 500 ms/.test(text))),
  );
});

test("the leader is drawn with the time at which it changed", () => {
  const [first, second] = boxes(marksAt(100), "leader-even").concat(boxes(marksAt(100), "leader-odd"));
  assert.ok(first && second);
  assert.ok(boxes(marksAt(100), "leader-odd").some(({ x }) => x === timeScale(SIZE).at(66_000)));
});

test("nothing is drawn outside the picture, at any width and time", () => {
  for (const width of [340, 900, 1600]) {
    for (const atS of [0, 5, 61, 250, 300]) {
      for (const mark of marksAt(atS, { ...SIZE, width })) {
        if (mark.kind === "box")
          assert.ok(mark.x >= SIZE.gutter - 1 && mark.x + mark.width <= width, `${width} ${atS}`);
        if (mark.kind === "line") assert.ok(mark.pieces.flat().every(Number.isFinite), `${width} ${atS}`);
      }
    }
  }
});
