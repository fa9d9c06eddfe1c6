import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, type Decimal, decimalOf, jsonOf, minus, numericJson, plus, textOf, times, ZERO } from "./decimal.ts";
import type { Json } from "./json.ts";
import { seededRandom } from "./random.ts";

function decimal(value: Json): Decimal {
  const found = decimalOf(value);
  assert.ok(found !== undefined, `${value} is not a number`);
  return found;
}

test("numbers are parsed by their shortest text, and texts by their digits", () => {
  const values: Json[] = [0.1, "19.99", "-3", "1e2", "+.5", "5.", " 7 ", 1e-7, 1e21, 5e-324, -0, "007", "1E-3"];
  assert.deepEqual(values.map((value) => textOf(decimal(value)).slice(0, 24)), [
    "0.1", "19.99", "-3", "100", "0.5", "5", "7", "0.0000001", "1000000000000000000000", `0.${"0".repeat(22)}`, "0", "7", "0.001",
  ]); // biome-ignore format: one row
  assert.equal(textOf(decimal(Number.MAX_VALUE)).length, 309);
});

test("a malformed number is null", () => {
  const none: Json[] = [
    "",
    " ",
    ".",
    "e5",
    "abc",
    "1,000",
    "19,99",
    "$5",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
    "1 2",
    null,
    true,
    [],
    {},
  ];
  for (const value of none) assert.equal(decimalOf(value), undefined, JSON.stringify(value));
  assert.equal(decimalOf("1e999999"), undefined);
  assert.equal(decimalOf("9".repeat(10_000)), undefined);
  assert.equal(decimalOf(undefined), undefined);
});

test("sums are exact where binary ones are not", () => {
  assert.equal(textOf(plus(decimal(0.1), decimal(0.2))), "0.3");
  let sum = ZERO;
  for (let at = 0; at < 1000; at++) sum = plus(sum, decimal(at % 2 === 0 ? "19.99" : 0.01));
  assert.equal(textOf(sum), "10000");
  assert.equal(textOf(minus(decimal("0.30"), decimal(0.3))), "0");
  assert.equal(textOf(times(decimal("-0.5"), decimal("0.02"))), "-0.01");
  assert.equal(textOf(plus(decimal("9007199254740993"), decimal(1))), "9007199254740994");
});

test("equal numbers have equal text, and the order is that of the numbers", () => {
  assert.equal(compare(decimal("19.9"), decimal("19.90")), 0);
  assert.equal(compare(decimal("1e2"), decimal(100)), 0);
  const random = seededRandom("decimal");
  for (let times = 0; times < 2000; times++) {
    const [a, b] = [random.int(20_001) - 10_000, random.int(20_001) - 10_000];
    const cents = (value: number) =>
      decimal(
        `${value < 0 ? "-" : ""}${Math.abs(Math.trunc(value / 100))}.${String(Math.abs(value) % 100).padStart(2, "0")}`,
      );
    assert.equal(compare(cents(a), cents(b)), Math.sign(a - b) + 0, `${a} ${b}`);
    assert.equal(textOf(plus(cents(a), cents(b))), textOf(cents(a + b)));
    assert.equal(Number(textOf(cents(a))), a / 100 + 0);
  }
});

test("as JSON, a decimal is a number if that is exact, otherwise text, at every depth if requested", () => {
  assert.equal(jsonOf(decimal("19.90")), 19.9);
  assert.equal(jsonOf(decimal("9007199254740993")), "9007199254740993");
  assert.deepEqual(numericJson({ a: ["1.50", "x", null, true], b: { c: "2e1" } }), {
    a: [1.5, "x", null, true],
    b: { c: 20 },
  });
});
