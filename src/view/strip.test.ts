import assert from "node:assert/strict";
import { test } from "node:test";
import { madeState } from "./made-day.fixture.ts";
import { renderStrip } from "./strip.ts";

test("an item too narrow for its name shows its number, and keeps its name for whoever listens", () => {
  const state = madeState({ atS: 100 });
  const short = { kind: "experiment" as const, name: "the cache is flushed", expectedMs: 1_000 };
  const tree = renderStrip({ ...state, strip: [...state.strip, short] });
  const items = JSON.stringify(tree);
  const classes = [...items.matchAll(/"class":"(plan-[^"]+)"/g)].map(([, name]) => name);
  assert.equal(classes.at(-1), "plan-experiment planned cut cut-on-phone");
  assert.equal(classes[2], "plan-experiment done cut-on-phone", "its name fits on a usual screen");
  assert.match(items, /"children":\["5 "\].*the cache is flushed/);
});
