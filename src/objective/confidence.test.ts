import assert from "node:assert/strict";
import { test } from "node:test";
import { incompleteBeta, successRange } from "./confidence.ts";

test("without a failure, 99.9 % is proven at 95 % confidence from 2,995 requests on", () => {
  assert.ok(successRange(2994, 2994).lower < 0.999);
  assert.ok(successRange(2995, 2995).lower >= 0.999);
});

test("the bounds agree with the binomial sums that define them", () => {
  for (const [succeeded, total] of [
    [95, 100],
    [1, 10],
    [499, 500],
    [37, 40],
  ] as const) {
    const { lower, upper } = successRange(succeeded, total);
    assert.ok(Math.abs(tail(succeeded, total, lower) - 0.05) < 1e-9, `${succeeded} of ${total} from below`);
    assert.ok(Math.abs(1 - tail(succeeded + 1, total, upper) - 0.05) < 1e-9, `${succeeded} of ${total} from above`);
  }
});

test("a million requests are computed without trouble", () => {
  const { lower, upper } = successRange(999_000, 1_000_000);
  assert.ok(lower > 0.99894 && lower < 0.999 && upper > 0.999 && upper < 0.99906, `${lower} ${upper}`);
});

test("the incomplete beta function is a distribution function", () => {
  assert.equal(incompleteBeta(0, 3, 4), 0);
  assert.equal(incompleteBeta(1, 3, 4), 1);
  assert.ok(Math.abs(incompleteBeta(0.5, 7, 7) - 0.5) < 1e-12);
});

/** Returns P(X >= k) of a binomial distribution, summed term by term. */
function tail(k: number, n: number, p: number): number {
  let sum = 0;
  for (let i = k; i <= n; i++) {
    let term = p ** i * (1 - p) ** (n - i);
    for (let j = 0; j < i; j++) term *= (n - j) / (i - j);
    sum += term;
  }
  return sum;
}
