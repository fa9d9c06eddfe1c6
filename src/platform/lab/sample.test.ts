import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleOf } from "./sample.ts";

test("replicas are sampled under their own names and stores under their nodes, and what does not run is left out", () => {
  const usage = {
    "app/n2-1": { memoryBytes: 7, connections: 3 },
    "app/n2-2": { memoryBytes: 0, connections: 0 },
    postgres: { memoryBytes: 9, connections: 4 },
    sentinel: { memoryBytes: 1, connections: 1 },
  };
  assert.deepEqual(sampleOf("n2", usage), {
    "memory/app/n2-1": 7,
    "connections/app/n2-1": 3,
    "connections/postgres/n2": 4,
  });
});
