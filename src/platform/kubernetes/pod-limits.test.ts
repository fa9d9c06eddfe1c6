import assert from "node:assert/strict";
import { test } from "node:test";
import { podOf } from "./kubernetes.fixture.ts";
import { parseQuantity, podLimit, withoutLimit } from "./pod-limits.ts";

const limited = (name: string, cpu?: string) => ({
  name,
  ...(cpu === undefined ? {} : { resources: { limits: { cpu } } }),
});

test("quantities as Kubernetes writes them", () => {
  const wanted = {
    "500m": 0.5,
    "2": 2,
    "0.1": 0.1,
    "256Mi": 268_435_456,
    "1G": 1e9,
    "1e3": 1_000,
    "18446744n": 0.018446744,
  };
  for (const [text, value] of Object.entries(wanted)) assert.equal(parseQuantity(text), value, text);
  for (const nonsense of ["", "lots", "5 m", "1Xi"]) assert.ok(Number.isNaN(parseQuantity(nonsense)), nonsense);
});

test("a pod has a limit only where each container declares one, sidecars and initial ones included", () => {
  const containers = [limited("shop", "500m"), limited("log", "100m")];
  assert.equal(podLimit(podOf("a", "w", { spec: { containers } }), "cpu"), 0.6);
  const sidecar = { ...limited("proxy", "200m"), restartPolicy: "Always" };
  assert.equal(podLimit(podOf("a", "w", { spec: { containers, initContainers: [sidecar] } }), "cpu"), 0.8);
  const initial = limited("migrate", "2");
  assert.equal(podLimit(podOf("a", "w", { spec: { containers, initContainers: [initial] } }), "cpu"), 2);
  const bare = podOf("a", "w", { spec: { containers: [...containers, limited("free")] } });
  assert.equal(podLimit(bare, "cpu"), null);
  assert.deepEqual(withoutLimit(bare, "cpu"), ["free"]);
  assert.equal(podLimit(bare, "memory"), null);
});

test("the limit of the pod itself counts where it has one", () => {
  const spec = { resources: { limits: { cpu: "1" } }, containers: [limited("shop")] };
  assert.equal(podLimit(podOf("a", "w", { spec }), "cpu"), 1);
});
