import assert from "node:assert/strict";
import { test } from "node:test";
import { configOf, podOf } from "../kubernetes.fixture.ts";
import { MemoryApi } from "../memory-api.fixture.ts";
import type { Parts } from "../parts.ts";
import { assertReplicasElsewhere } from "./spread.ts";

const SIGNAL = new AbortController().signal;

function partsWith(nodes: readonly string[]): Parts {
  const memory = new MemoryApi();
  const spec = { selector: { matchLabels: { app: "shop" } } };
  memory.put({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "shop", namespace: "shop" }, ...{ spec } });
  for (const [index, node] of nodes.entries()) memory.put(podOf(`shop-${index}`, node, { labels: { app: "shop" } }));
  return { api: memory.api, config: configOf() } as unknown as Parts;
}

test("a fault of the node on which all replicas are is refused before anything is changed", async () => {
  await assert.rejects(assertReplicasElsewhere(partsWith(["worker-1", "worker-1", "worker-1"]), "worker-1", SIGNAL), {
    code: "kubernetes-cannot",
    got: /3 of 3 on it/,
    hint: /rollout restart deployment\/shop/,
  });
});

test("a fault of any other node, or of a node that others share the replicas with, is not", async () => {
  const together = partsWith(["worker-1", "worker-1", "worker-1"]);
  await assertReplicasElsewhere(together, "worker-2", SIGNAL);
  await assertReplicasElsewhere(partsWith(["worker-1", "worker-1", "worker-2"]), "worker-1", SIGNAL);
  await assertReplicasElsewhere(partsWith(["worker-1"]), "worker-1", SIGNAL);
});
