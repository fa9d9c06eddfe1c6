import assert from "node:assert/strict";
import { test } from "node:test";
import type { Objective } from "../plan.ts";
import { KILL, objective } from "../verdict/run.fixture.ts";
import { validateObjectives } from "./validate.ts";

function complaints(...objectives: Objective[]): string[] {
  return validateObjectives({ objectives, experiments: [KILL] }).map(({ at, got, hint }) => `${at}: ${got}; ${hint}`);
}

test("an objective that can be judged causes no complaint", () => {
  assert.deepEqual(
    complaints(objective("recovery-seconds", { under: 30 }, { experiment: KILL.name, class: "read" })),
    [],
  );
  assert.deepEqual(
    complaints(objective("http_req_duration-p95-ms", { under: 1 }, { window: "after", experiment: KILL.name })),
    [],
  );
});

test("for a misspelt measure, key, value or experiment the message suggests the nearest name", () => {
  assert.match(complaints(objective("recovery-second", { under: 30 }))[0] ?? "", /did you mean "recovery-seconds"/);
  assert.match(
    complaints(objective("lost-writes", { atMost: 0 }, { objct: "orders" }))[0] ?? "",
    /did you mean "object"/,
  );
  assert.match(
    complaints(objective("success-percent", { atLeast: 9 }, { window: "outsid" }))[0] ?? "",
    /did you mean "outside"/,
  );
  assert.match(
    complaints(objective("recovery-seconds", { under: 1 }, { experiment: "kill-postgre" }))[0] ?? "",
    /did you mean "kill-postgres"/,
  );
});

test("a missing bound, a missing key and a window without its experiment are errors", () => {
  assert.match(complaints(objective("lost-writes", {}))[0] ?? "", /^bound: none/);
  assert.match(complaints(objective("recovery-seconds", { under: 1 }))[0] ?? "", /^over.experiment: nothing/);
  assert.match(
    complaints(objective("success-percent", { atLeast: 9 }, { window: "during" }))[0] ?? "",
    /^over.experiment/,
  );
  assert.match(
    complaints(objective("replicas-ready-seconds", { under: 1 }, { replicas: "ten" }))[0] ?? "",
    /whole number|ten/,
  );
});
