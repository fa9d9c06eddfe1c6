import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { countersIn } from "./counters.ts";

/** Returns the counters of a script with this text, which may have a module beside it. */
function countersOf(text: string, beside = ""): string[] {
  const folder = mkdtempSync(join(tmpdir(), "gameday-counters-"));
  try {
    writeFileSync(join(folder, "beside.ts"), beside);
    writeFileSync(join(folder, "script.ts"), text);
    return countersIn(join(folder, "script.ts")).sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the counters that a script uses are found, however it names them", () => {
  assert.deepEqual(countersOf(`user.counter("sold"); user.counter('refused', 2)\nuser?.counter(\`late\`)`), [
    "late",
    "refused",
    "sold",
  ]);
  assert.deepEqual(countersOf(`const LATE: string = "late";\nuser.counter(LATE, f(1, 2))`), ["late"]);
  assert.deepEqual(countersOf(`const NAMES = { late: "too_late" };\nuser.counter(NAMES.late)`), ["too_late"]);
  assert.deepEqual(countersOf(`user.counter(ok ? "sold" : "refused")`), ["refused", "sold"]);
  assert.deepEqual(countersOf(`import { LATE } from "./beside.ts"; user.counter(LATE)`, `export const LATE = "late"`), [
    "late",
  ]);
  assert.deepEqual(countersOf(`import "./beside.ts"`, `export const f = (user) => user.counter("inner")`), ["inner"]);
});

test("other calls, comments and composed names are not counters", () => {
  assert.deepEqual(countersOf(`user.trend("size", 1); const sold = "sold";`), []);
  assert.deepEqual(countersOf(`// user.counter("sold")\n  * user.counter("sold")`), []);
  assert.deepEqual(countersOf(`user.counter("sold_" + kind)`), ["sold_"]);
  assert.deepEqual(countersOf(["user.counter(`sold_$", "{kind}`)"].join("")), []);
  assert.deepEqual(countersIn("/no/such/script.ts"), []);
});
