import assert from "node:assert/strict";
import { test } from "node:test";
import { GamedayError } from "../std/errors.ts";
import type { Json } from "../std/json.ts";
import { CHECKERS, checkerNamed, validateClaim } from "./catalogue.ts";

const complains = (pattern: RegExp) => (thrown: unknown) =>
  thrown instanceof GamedayError && pattern.test(thrown.describe());

test("a misspelt checker is an error with the nearest name", () => {
  assert.throws(() => checkerNamed("acked-sett"), complains(/did you mean "acked-set"/));
});

test("no two checkers share a name", () => {
  assert.equal(new Set(CHECKERS.map((checker) => checker.name)).size, CHECKERS.length);
});

test("each option is read by some checker of the claim, and has values that it takes", () => {
  const claim = (checkers: string[], options: Record<string, Json>) => ({ object: "orders", checkers, options });
  validateClaim(claim(["acked-set", "staleness"], { sparse: true, declaredLagMs: 500 }));
  const place = { file: "plan.yaml", line: 7, column: 5 };
  assert.throws(
    () => validateClaim(claim(["acked-set"], { sparce: true }), place),
    complains(/^plan.yaml:7:5: .*\n.*did you mean "sparse"/),
  );
  assert.throws(() => validateClaim(claim(["duplicates"], { sparse: true })), complains(/"sparse"/));
  assert.throws(
    () => validateClaim(claim(["staleness"], { declaredLagMs: "1s" }), place),
    complains(/^plan.yaml:7:5: .*declaredLagMs/),
  );
  assert.throws(
    () => validateClaim(claim(["linearizable"], { model: "registre" })),
    complains(/did you mean "register"/),
  );
});

test("every checker without evidence is unknown, never a pass", () => {
  for (const checker of CHECKERS) {
    const check = checker.begin(
      { object: "orders", checkers: [], options: {} },
      { runId: "r", faults: [], lostWorkers: [] },
    );
    assert.equal(check.finish().status, "unknown", checker.name);
  }
});

test("a claim whose objects expire is refused for checkers that do not allow for it", () => {
  const claim = (...checkers: string[]) => ({ object: "carts", checkers, options: {}, expiresMs: 900_000 });
  validateClaim(claim("acked-set", "duplicates"));
  assert.throws(() => validateClaim(claim("acked-set", "counter-bounds")), /"counter-bounds", which does not/);
});
