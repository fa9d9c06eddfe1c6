import assert from "node:assert/strict";
import { test } from "node:test";
import { GamedayError } from "../std/errors.ts";
import { CHECKERS, checkerNamed } from "./catalogue.ts";
import { checkClaims } from "./check-claims.ts";
import { factsOf, operation, RUN, readOf } from "./evidence.fixture.ts";
import { writesByExperiment } from "./writes.ts";

test("a misspelt checker is an error with the nearest name", () => {
  const misspelt = () => checkerNamed("acked-sett");
  assert.throws(misspelt, (thrown: unknown) => thrown instanceof GamedayError && /acked-set"/.test(thrown.hint ?? ""));
});

test("no two checkers share a name", () => {
  assert.equal(new Set(CHECKERS.map((checker) => checker.name)).size, CHECKERS.length);
});

test("each claim sees its own object only, and writes add up by experiment", () => {
  const claims = ["orders", "repairs"].map((object) => ({
    object,
    checkers: ["acked-set", "duplicates"],
    options: {},
  }));
  const facts = factsOf({ faults: [{ experiment: "kill", bitAtMs: 10, healedAtMs: 20 }] });
  const operations = ["orders", "repairs"].map((object) => operation({ object, id: `${RUN}/w0/u0/${object}` }));
  const ledger = [...readOf(1, [`${RUN}/w0/u0/orders`]), ...readOf(1, [], "repairs"), ...readOf(2, [], "repairs")];
  const findings = checkClaims(claims, facts, operations, ledger);
  assert.deepEqual(
    findings.map(({ object, checker, status }) => [object, checker, status]),
    [
      ["orders", "acked-set", "pass"],
      ["orders", "duplicates", "pass"],
      ["repairs", "acked-set", "fail"],
      ["repairs", "duplicates", "unknown"],
    ],
  );
  const writes = writesByExperiment(findings).get("kill");
  assert.deepEqual([writes?.acknowledged, writes?.acknowledgedLastSecond, writes?.lost], [2, 2, 1]);
});
