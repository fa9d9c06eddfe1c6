import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubernetesObject } from "../../kubernetes.ts";
import { addressTowardsCluster, sourceAddress } from "./advertise.ts";

test("an address that pods cannot reach is never advertised", async () => {
  assert.equal(
    await sourceAddress("127.0.0.2"),
    null,
    "a cluster on the loopback interface determines no address of this machine",
  );
  const nodes = [{ status: { addresses: [{ type: "InternalIP", address: "127.0.0.3" }] } }];
  const list = async () => nodes as unknown as readonly KubernetesObject[];
  assert.equal(await addressTowardsCluster({ list, server: "https://api.invalid:6443" }), null);
});

test("without the right to list nodes, the API server's address determines it", async () => {
  const list = () => Promise.reject(new Error("forbidden"));
  assert.equal(await addressTowardsCluster({ list, server: "https://127.0.0.1:6443" }), null);
  assert.equal(
    await addressTowardsCluster({ list, server: "https://api.invalid:6443" }),
    null,
    "names are not resolved",
  );
});
