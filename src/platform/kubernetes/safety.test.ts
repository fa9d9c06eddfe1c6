import assert from "node:assert/strict";
import { test } from "node:test";
import { configOf, nodeOf, podOf } from "./kubernetes.fixture.ts";
import { assertNamespaceAllowed, assertNodeMayBeHit, assertOwnNetwork } from "./safety.ts";

const namespace = (labels: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "Namespace" as const,
  metadata: { name: "shop", labels },
});

test("a namespace is allowed by its label or by its name in the plan, and never kube-system", () => {
  assert.throws(() => assertNamespaceAllowed(configOf(), namespace({})), /gameday\/allowed=true/);
  assert.throws(
    () => assertNamespaceAllowed(configOf(), namespace({ "gameday/allowed": "yes" })),
    /gameday\/allowed=true/,
  );
  assert.throws(() => assertNamespaceAllowed(configOf({ allow: { namespace: "other" } }), namespace({})), /allowed/);
  assert.throws(() => assertNamespaceAllowed(configOf(), null), /got none/);
  assert.throws(
    () =>
      assertNamespaceAllowed(
        configOf({ namespace: "kube-system", allow: { namespace: "kube-system" } }),
        namespace({ "gameday/allowed": "true" }),
      ),
    /belongs to the cluster/,
  );
  assertNamespaceAllowed(configOf(), namespace({ "gameday/allowed": "true" }));
  assertNamespaceAllowed(configOf({ allow: { namespace: "shop" } }), namespace({}));
});

test("a node of the control plane is hit only where the plan names it, by either label and either value", () => {
  for (const label of ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"])
    for (const value of ["", "true"]) {
      const node = nodeOf("server", { labels: { [label]: value } });
      assert.throws(() => assertNodeMayBeHit(configOf(), node), /control plane/);
      assertNodeMayBeHit(configOf({ allow: { controlPlaneNodes: ["server"] } }), node);
    }
  assertNodeMayBeHit(configOf(), nodeOf("worker"));
});

test("a pod on its node's network is refused", () => {
  const pod = podOf("proxy", "worker-1", { spec: { nodeName: "worker-1", hostNetwork: true } });
  assert.throws(() => assertOwnNetwork(pod), /hostNetwork/);
  assertOwnNetwork(podOf("shop", "worker-1"));
});
