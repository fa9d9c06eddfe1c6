import assert from "node:assert/strict";
import { test } from "node:test";
import { worst } from "./status.ts";

test("the worst status wins, and an empty list is unknown", () => {
  assert.equal(worst([]), "unknown");
  assert.equal(worst(["pass", "pass"]), "pass");
  assert.equal(worst(["pass", "unknown"]), "unknown");
  assert.equal(worst(["unknown", "fail", "pass"]), "fail");
});
