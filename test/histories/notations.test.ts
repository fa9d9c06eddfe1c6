/** The same history in each notation gets the same verdict as its operations themselves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { importHistory } from "../../src/checker/import/import-history.ts";
import { linearize } from "../../src/checker/linearizable/linearize.ts";
import { modelNamed } from "../../src/checker/linearizable/models.ts";
import type { Operation } from "../../src/history.ts";
import { seededRandom } from "../../src/std/random.ts";
import { corrupt, execute } from "./random-history.ts";
import { ednVector, jepsenLog, kvLog } from "./write-history.ts";

function verdictOf(text: string, name: string, failedCas?: "mismatch"): boolean | "unknown" {
  const model = modelNamed(name);
  const options = { file: "generated", model, independent: false, ...(failedCas === undefined ? {} : { failedCas }) };
  return linearize(importHistory(text, options), model).linearizable;
}

/** Times as a file has them: only the order of events, returns first at equal times. */
function ordered(operations: readonly Operation[]): Operation[] {
  return operations.map((operation) => ({
    ...operation,
    completedAtMs: operation.completedAtMs === null ? null : operation.completedAtMs - 0.5,
  }));
}

function history(model: string, keys: number, seed: string): Operation[] {
  const random = seededRandom(seed);
  const shape = { model, processes: 5, operations: 60, values: 4, keys, unanswered: 0.2, ticksMax: 4, stale: 0.02 };
  const operations = execute(shape, random);
  // A refused cas has no notation of its own in a log, where :fail means a failed compare: those break by stale answers only.
  return model === "cas-register" || random.float() < 0.5 ? operations : corrupt(operations, random);
}

test("200 cas-register histories as log lines and as EDN", () => {
  const seen = new Set<boolean | "unknown">();
  for (let number = 0; number < 200; number++) {
    const operations = history("cas-register", 1, `cas/${number}`);
    const expected = linearize(ordered(operations), modelNamed("cas-register")).linearizable;
    seen.add(expected);
    assert.equal(verdictOf(jepsenLog(operations), "cas-register"), expected, `log ${number}`);
    assert.equal(verdictOf(ednVector(operations), "cas-register", "mismatch"), expected, `edn ${number}`);
  }
  assert.deepEqual([...seen].sort(), [false, true]);
});

test("200 kv histories as porcupine writes them", () => {
  const seen = new Set<boolean | "unknown">();
  for (let number = 0; number < 200; number++) {
    const operations = history("kv", 3, `kv/${number}`);
    const expected = linearize(ordered(operations), modelNamed("kv")).linearizable;
    seen.add(expected);
    assert.equal(verdictOf(kvLog(operations), "kv"), expected, `kv ${number}`);
  }
  assert.deepEqual([...seen].sort(), [false, true]);
});
