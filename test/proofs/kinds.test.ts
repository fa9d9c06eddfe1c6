import assert from "node:assert/strict";
import { test } from "node:test";
import type { Status } from "../../src/status.ts";
import type { Verdict } from "../../src/verdict.ts";
import { notExcused } from "./kinds.ts";

type Told = Readonly<Record<string, Status>>;

/** Returns the parts of a verdict that are looked at. Names are those of validity rules, findings and objectives. */
function verdictOf(validity: Told, findings: Told, objectives: Told): Verdict {
  const found = (told: Told) =>
    Object.entries(told).map(([checker, status]) => ({ checker, object: "run", status, because: "so" }));
  const assessed = Object.entries(objectives).map(([id, status]) => ({ id, status, because: "so" }));
  return { validity: found(validity), findings: found(findings), objectives: assessed } as unknown as Verdict;
}

test("a recovery that a stall of this machine leaves unknown is excused, and nothing else is", () => {
  const stalled = { "probes-gapless": "unknown", "faults-bit": "pass" } as const;
  const unknown = verdictOf(stalled, { "users-recover": "unknown" }, { "recovers-freeze": "unknown" });
  assert.deepEqual(notExcused(unknown), []);
  const more = verdictOf(
    { ...stalled, "faults-bit": "unknown" },
    { "users-recover": "fail", "acked-set": "unknown" },
    { "recovers-freeze": "fail", "whole-freeze": "unknown" },
  );
  assert.deepEqual(notExcused(more), [
    "faults-bit unknown: so",
    "users-recover of run fail: so",
    "acked-set of run unknown: so",
    "recovers-freeze fail: so",
    "whole-freeze unknown: so",
  ]);
});

test("without a stall nothing is excused, and a failure beside a stall is not excused", () => {
  for (const own of ["pass", "fail"] as const) {
    const verdict = verdictOf({ "generator-healthy": own }, { "users-recover": "unknown" }, {});
    const wanted = [...(own === "fail" ? ["generator-healthy fail: so"] : []), "users-recover of run unknown: so"];
    assert.deepEqual(notExcused(verdict), wanted);
  }
});
