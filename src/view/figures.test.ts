import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, clock, count, counted, duration, figure, list, offset, percent } from "./figures.ts";

test("figures have three digits, separators and no trailing zeros", () => {
  assert.deepEqual([0, 0.054, 1.239, 9.999, 37.23, 99.99, 208.4, 1840].map(figure), [
    "0",
    "0.05",
    "1.24",
    "10",
    "37.2",
    "100",
    "208",
    "1,840",
  ]);
  assert.deepEqual([count(999), count(1000), count(1234567)], ["999", "1,000", "1,234,567"]);
});

test("an unknown figure is a dash, never 0", () => {
  assert.deepEqual([figure(null), figure(Number.NaN), percent(Number.NaN), bytes(Number.NaN)], ["–", "–", "–", "–"]);
});

test("times are m:ss, and h:mm:ss from one hour on", () => {
  assert.deepEqual([0, 59_999, 60_000, 3_599_999, 3_600_000, 28_800_000].map(clock), [
    "0:00",
    "0:59",
    "1:00",
    "59:59",
    "1:00:00",
    "8:00:00",
  ]);
});

test("durations keep tenths of a second while they are short", () => {
  assert.deepEqual([800, 7_451, 75_300, 750_000, 7_500_000].map(duration), [
    "0.8 s",
    "7.45 s",
    "75.3 s",
    "12:30 min",
    "2:05 h",
  ]);
  assert.deepEqual([offset(50), offset(-300)], ["+0.05 s", "−0.3 s"]);
});

test("lists and counts read as sentences", () => {
  assert.deepEqual(
    [list([]), list(["a"]), list(["a", "b"]), list(["a", "b", "c"])],
    ["", "a", "a and b", "a, b and c"],
  );
  assert.equal(list(["a", "b", "c", "d", "e", "f"]), "a, b, c and 3 more");
  assert.deepEqual(
    [counted(1, "outage"), counted(2, "outage"), bytes(123_456_789)],
    ["1 outage", "2 outages", "123 MB"],
  );
});
