import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf } from "../../platform/kubernetes/discover/findings.ts";
import {
  container,
  deployment,
  node,
  recordedOf,
  service,
  shop,
} from "../../platform/kubernetes/discover/recorded.fixture.ts";
import type { ListedObjects } from "../../platform/kubernetes/discover/recorded.ts";
import { byHand, cloudNativePg } from "../../platform/kubernetes/discover/stores.fixture.ts";
import { experimentsOf } from "./experiments.ts";

const sketches = (...parts: readonly Partial<ListedObjects>[]) =>
  experimentsOf(findingsOf(recordedOf(...parts)), false);
const faultOf = ({ lines }: { readonly lines: readonly string[] }) => lines.find((line) => line.startsWith("fault:"));

function web(replicas: number, nodes: readonly ReturnType<typeof node>[]): Partial<ListedObjects> {
  const labels = { app: "web" };
  const ports = [{ port: 80, targetPort: 8080, nodePort: 30_080 }];
  return recordedOf(
    deployment("web", { labels, containers: [container("web", 8080)], replicas }),
    service("web", labels, ports, { type: "NodePort" }),
    { nodes },
  );
}

test("the standard faults are proposed, with the cut in comments because it needs an image", () => {
  const found = sketches(shop(), byHand);
  assert.deepEqual(found.map(faultOf), [
    "fault: kill-leader",
    "fault: kill-leader",
    "fault: kill-replicas",
    "fault: drain-node",
    "fault: partition-node",
  ]);
  assert.deepEqual(
    found.map(({ off }) => off),
    [false, false, false, false, true],
  );
});

test("a leader that a run cannot find is not proposed as a target", () => {
  const [database] = sketches(shop(), cloudNativePg);
  assert.equal(database && faultOf(database), "fault: kill-member");
  assert.match(database?.because.join() ?? "", /cannot determine the leader/);
  const [known] = experimentsOf(findingsOf(recordedOf(shop(), cloudNativePg)), true);
  assert.equal(known && faultOf(known), "fault: kill-leader", "with a login it can");
});

test("at least one of several replicas stays alive", () => {
  const count = (replicas: number) =>
    /count: \d/.exec(
      sketches(web(replicas, [node(1), node(2)]))
        .flatMap(({ lines }) => lines)
        .join(),
    )?.[0];
  assert.deepEqual([1, 2, 3, 5].map(count), ["count: 1", "count: 1", "count: 2", "count: 2"]);
});

test("the drained node is a worker with pods of the app, and never the entry", () => {
  const drain = (replicas: number, nodes: readonly ReturnType<typeof node>[]) =>
    sketches(web(replicas, nodes)).find(({ id }) => id === "drain");
  const target = drain(2, [node(1), node(2)]);
  assert.deepEqual([target?.off, target?.lines[2]], [false, "target: { role: node, name: node/worker-2 }"]);
  const alone = drain(2, [node(1)]);
  assert.equal(alone?.off, true);
  assert.match(alone?.asked.join() ?? "", /Which node may be drained\?/);
  const control = { "node-role.kubernetes.io/control-plane": "true" };
  assert.equal(drain(2, [node(1, control), node(2, control)])?.off, true);
});
