import assert from "node:assert/strict";
import { test } from "node:test";
import { intervalSchema, ledgerSchema, operationSchema, runSchema, timelineSchema } from "../evidence/schema.ts";
import { judge, judgeFully } from "../verdict/judge.ts";
import { cleanRun, evidenceOf, KILL, objective, toldChecker } from "../verdict/run.fixture.ts";
import { verdictSchema } from "../verdict/schema.ts";
import { renderFiles, renderVerdict } from "./render.ts";
import { statsSchema } from "./stats-schema.ts";

test("a whole run's lines and its verdict satisfy their schemas", () => {
  const objectives = [
    objective("recovery-seconds", { under: 3 }, { experiment: KILL.name }),
    objective("success-percent", { atLeast: 1 }),
  ];
  const evidence = evidenceOf(cleanRun(objectives));
  runSchema.parse(evidence.run);
  for (const event of evidence.timeline) timelineSchema.parse(event);
  for (const operation of evidence.operations()) operationSchema.parse(operation);
  for (const interval of evidence.intervals()) intervalSchema.parse(interval);
  for (const line of evidence.ledger()) ledgerSchema.parse(line);
  const written: unknown = JSON.parse(renderVerdict(judge(evidence, [toldChecker()])));
  assert.deepEqual(verdictSchema.parse(written), written, "nothing in it is unknown to the schema");
});

test("stats.json satisfies its schema, which knows every field of it", () => {
  const evidence = evidenceOf(cleanRun([objective("success-percent", { atLeast: 1 })]));
  const text = renderFiles(judgeFully(evidence, [toldChecker()]), evidence).get("stats.json") ?? "";
  const written: unknown = JSON.parse(text);
  assert.deepEqual(statsSchema.parse(written), written);
});

test("a line with a wrong outcome, time or type is refused", () => {
  const [operation] = cleanRun().operations;
  assert.equal(operationSchema.safeParse({ ...operation, outcome: { type: "maybe" } }).success, false);
  assert.equal(operationSchema.safeParse({ ...operation, invokedAtMs: "now" }).success, false);
  assert.equal(timelineSchema.safeParse({ atMs: 1, type: "fault", edge: "bit" }).success, false);
});
