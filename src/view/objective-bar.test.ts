import assert from "node:assert/strict";
import { test } from "node:test";
import { findAll } from "../view.ts";
import { objectiveBar } from "./objective-bar.ts";
import { renderRuler } from "./ruler.ts";

type Drawn = Parameters<typeof objectiveBar>[0];

/** Returns the places of the interval and of the bound in percent of the bar. */
function placesOf(drawn: Drawn): { from: number; to: number; bound: number } {
  const bar = objectiveBar(drawn, "pass");
  assert.ok(bar !== null);
  const style = (tag: string) => String(findAll(bar, (one) => one.tag === tag)[0]?.attributes["style"]);
  const [, left = "", width = ""] = /left:([\d.]+)%;width:([\d.]+)%/.exec(style("i")) ?? [];
  return {
    from: Number(left),
    to: Number(left) + Number(width),
    bound: Number(/left:([\d.]+)%/.exec(style("b"))?.[1]),
  };
}

const range = (lower: number, upper: number | null) => ({ lower, upper, value: null });

test("an interval lies on the side of the bound on which it is, and across it if it straddles it", () => {
  const met = placesOf({ soFar: range(4, 5), bound: { under: 30 }, unit: "s" });
  assert.ok(met.to < met.bound);
  const missed = placesOf({ soFar: range(35, 36), bound: { under: 30 }, unit: "s" });
  assert.ok(missed.from > missed.bound);
  const open = placesOf({ soFar: range(29, 31), bound: { under: 30 }, unit: "s" });
  assert.ok(open.from < open.bound && open.to > open.bound);
});

test("a share near 100 % has an axis of its own, and an interval without an upper end reaches the end", () => {
  const share = placesOf({ soFar: { lower: 99.37, upper: 99.41, value: 99.39 }, bound: { atLeast: 99 }, unit: "%" });
  assert.ok(share.from > share.bound && share.bound > 30);
  assert.equal(placesOf({ soFar: range(4, null), bound: { under: 30 }, unit: "s" }).to, 100);
  assert.equal(objectiveBar({ soFar: null, bound: { under: 30 }, unit: "s" }, "unknown"), null);
});

test("the zero of the ruler is the bite, and each stamp has its distance from it", () => {
  const ruler = renderRuler({
    zeroMs: 20_000,
    stamps: [
      { title: "healed", atMs: 60_000 },
      { title: "commanded", atMs: 19_900 },
      { title: "bit", atMs: 20_000 },
    ],
    held: { fromMs: 20_000, toMs: 60_000 },
    down: [{ fromMs: 20_050, toMs: 25_000 }],
  });
  const [track] = findAll(ruler, ({ attributes }) => attributes["class"] === "track");
  const says = "Time from the bite: commanded −0.1 s, bit 0, healed +40 s, users down for 4.95 s.";
  assert.equal(track?.attributes["aria-label"], says);
});
