import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesApi } from "../../kubernetes.ts";
import { GamedayError } from "../../std/errors.ts";
import type { WorkersSpec } from "./manifests.ts";
import { WorkersJob } from "./workers-job.ts";

const SPEC: WorkersSpec = {
  runId: "load-1",
  namespace: "nowhere",
  workers: 2,
  image: "gameday:1",
  joinUrl: "http://10.0.0.5:7070",
  token: "0123456789abcdef",
  cpu: "1",
  memory: "1Gi",
  aliveSecondsMax: 60,
  scripts: null,
};

function jobWhoseCreationFails(code: string): WorkersJob {
  const refused = new GamedayError({ code, expected: "to create jobs.batch", got: "no" });
  const api = { context: "test", mayI: async () => true, create: () => Promise.reject(refused) };
  return new WorkersJob({
    api: api as unknown as KubernetesApi,
    spec: SPEC,
    onNote: () => undefined,
    onHopeless: () => undefined,
  });
}

test("a Job that the server refused was never made, so nothing says that it was removed", async () => {
  const job = jobWhoseCreationFails("kubernetes-not-found");
  await assert.rejects(job.create(), { code: "kubernetes-not-found" });
  assert.equal(job.made, false);
  assert.deepEqual(await job.remove(), []);
});

test("a Job whose creation got no answer may exist, and is looked for", async () => {
  const job = jobWhoseCreationFails("kubernetes-unreachable");
  await assert.rejects(job.create(), { code: "kubernetes-unreachable" });
  assert.equal(job.made, true);
});
