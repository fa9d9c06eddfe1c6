import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestsOf, selectorOf, type WorkersSpec } from "./manifests.ts";

const SPEC: WorkersSpec = {
  runId: "load-1a2b3c4d",
  namespace: "load",
  workers: 8,
  image: "registry/gameday:0.1.0",
  joinUrl: "http://10.0.0.5:7070",
  token: "a-token-of-this-test",
  cpu: "1",
  memory: "1Gi",
  aliveSecondsMax: 700,
  scripts: { data: { "0.sale.ts": "sale" }, binaryData: {}, items: [{ key: "0.sale.ts", path: "sale.ts" }] },
};

/** Returns a value in a tree of plain objects by its path of keys. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}

test("a lost pod neither ends the Job nor is made anew; the Job ends and goes by itself", () => {
  const job = manifestsOf(SPEC)[0];
  assert.deepEqual(
    ["completionMode", "completions", "parallelism", "backoffLimitPerIndex", "maxFailedIndexes", "backoffLimit"].map(
      (key) => at(job, "spec", key),
    ),
    ["Indexed", 8, 8, 0, undefined, undefined],
  );
  assert.equal(at(job, "spec", "template", "spec", "restartPolicy"), "Never");
  assert.equal(at(job, "spec", "activeDeadlineSeconds"), 700);
  assert.ok(Number(at(job, "spec", "ttlSecondsAfterFinished")) > 0);
});

test("all objects have the run's name and labels; the Job owns the others", () => {
  const owner = { apiVersion: "batch/v1", kind: "Job", name: "gameday-load-1a2b3c4d", uid: "u" };
  const objects = manifestsOf(SPEC, owner);
  assert.deepEqual(
    objects.map(({ kind }) => kind),
    ["Job", "Secret", "ConfigMap"],
  );
  const wanted = selectorOf(SPEC.runId).split(",");
  const labelled = [...objects.map((object) => at(object, "metadata")), at(objects[0], "spec", "template", "metadata")];
  for (const metadata of labelled) {
    const labels = Object.entries(at(metadata, "labels") as object).map(([key, value]) => `${key}=${value}`);
    assert.deepEqual(
      wanted.filter((label) => !labels.includes(label)),
      [],
    );
  }
  for (const object of objects) assert.equal(object.metadata.name, "gameday-load-1a2b3c4d");
  for (const part of objects.slice(1)) assert.deepEqual(part.metadata.ownerReferences, [owner]);
});

test("a worker's pod passes the restricted standard, is bounded, and has its token from the Secret only", () => {
  const [job, secret] = manifestsOf(SPEC);
  const pod = at(job, "spec", "template", "spec");
  const container = at(pod, "containers", 0);
  assert.deepEqual(at(pod, "securityContext"), { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
  assert.deepEqual(at(container, "securityContext"), {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  });
  assert.deepEqual(at(container, "resources", "limits"), { cpu: "1", memory: "1Gi" });
  assert.deepEqual(at(container, "resources", "requests"), { cpu: "1", memory: "1Gi" });
  assert.deepEqual(at(container, "command"), ["gameday", "worker", "--join", "http://10.0.0.5:7070"]);
  assert.ok(!JSON.stringify(job).includes(SPEC.token));
  assert.equal(at(secret, "stringData", "token"), SPEC.token);
});

test("scripts that the image has need no ConfigMap and no volume", () => {
  const objects = manifestsOf({ ...SPEC, scripts: null });
  assert.deepEqual(
    objects.map(({ kind }) => kind),
    ["Job", "Secret"],
  );
  assert.equal(at(objects[0], "spec", "template", "spec", "volumes"), undefined);
  assert.equal(at(objects[0], "spec", "template", "spec", "containers", 0, "volumeMounts"), undefined);
});
