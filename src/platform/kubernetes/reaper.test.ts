import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../std/clock.ts";
import { removeDeadLease } from "./lease.ts";
import { CORDONED_BY, REAPER } from "./marks.ts";
import { MemoryApi } from "./memory-api.fixture.ts";
import { Reaping } from "./reaper.ts";
import { UndoList } from "./undo-list.ts";

const SIGNAL = new AbortController().signal;

/** A namespace with a reaper, and a node that run-1 cordoned. */
async function leftBehind(): Promise<{
  memory: MemoryApi;
  said: string[];
  reaping: Reaping;
  pass: (ms: number) => void;
}> {
  const memory = new MemoryApi();
  const said: string[] = [];
  let nowMs = 0;
  const clock = { nowMs: () => nowMs } as Clock;
  memory.put({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: REAPER, namespace: "shop" } });
  memory.put({ apiVersion: "v1", kind: "Lease", metadata: { name: "gameday", namespace: "shop" } });
  const metadata = { name: "worker-1", annotations: { [CORDONED_BY]: "run-1" } };
  memory.put({ apiVersion: "v1", kind: "Node", metadata, ...{ spec: { unschedulable: true } } });
  const entry = { how: "uncordon" as const, node: "worker-1", run: "run-1", afterMs: 10_000 };
  await new UndoList(memory.api, "shop").add("run-1/drain/1", entry, SIGNAL);
  const say = (line: string) => said.push(line);
  const reaping = new Reaping({ api: memory.api, namespace: "shop", clock, say, signal: SIGNAL });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { memory, said, reaping, pass };
}

const unschedulable = (memory: MemoryApi) =>
  (memory.objects.get("Node  worker-1") as unknown as { spec: { unschedulable?: boolean } }).spec.unschedulable;

test("a cordon is undone once its time is over, and not before", async () => {
  const { memory, said, reaping, pass } = await leftBehind();
  assert.equal(await reaping.round(), false);
  pass(9_999);
  await reaping.round();
  assert.equal(unschedulable(memory), true);
  pass(1);
  await reaping.round();
  assert.equal(unschedulable(memory), undefined);
  assert.match(said.join(), /uncordoned node worker-1, which run run-1 left/);
});

test("a NetworkPolicy of a dead run is removed once its time is over", async () => {
  const { memory, said, reaping, pass } = await leftBehind();
  memory.put({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "gameday-1", namespace: "shop" },
  });
  const entry = { how: "remove-policy" as const, policy: "gameday-1", run: "run-1", afterMs: 5_000 };
  await new UndoList(memory.api, "shop").add("run-1/cut/1", entry, SIGNAL);
  await reaping.round();
  assert.ok(memory.has("NetworkPolicy", "gameday-1"));
  pass(5_000);
  await reaping.round();
  assert.equal(memory.has("NetworkPolicy", "gameday-1"), false);
  assert.deepEqual(said, ["removed NetworkPolicy gameday-1, which run run-1 left"]);
});

test("when the run is dead and all is undone, the reaper removes the lease, the list and itself", async () => {
  const { memory, reaping, pass } = await leftBehind();
  await reaping.round();
  pass(10_000);
  await reaping.round();
  assert.ok(memory.has("Deployment", REAPER), "the run may still be alive");
  pass(20_000);
  assert.equal(await reaping.round(), true);
  assert.deepEqual([...memory.objects.keys()], ["Node  worker-1"], "lease, list and Deployment are gone");
});

test("a run that renews its lease keeps its reaper", async () => {
  const { memory, reaping, pass } = await leftBehind();
  for (let round = 0; round < 10; round++) {
    await reaping.round();
    pass(20_000);
    memory.put({ apiVersion: "v1", kind: "Lease", metadata: { name: "gameday", namespace: "shop" } });
  }
  assert.ok(memory.has("Deployment", REAPER));
});

test("an API that is away stops nothing: what is due is undone when it is back", async () => {
  const { memory, reaping, pass } = await leftBehind();
  await reaping.round();
  memory.before = () => {
    throw new Error("no answer");
  };
  pass(60_000);
  await assert.rejects(reaping.round(), /no answer/);
  memory.before = () => undefined;
  await reaping.round();
  assert.equal(unschedulable(memory), undefined);
});

test("a lease that is gone already is not looked for again", async () => {
  assert.equal(await removeDeadLease(new MemoryApi().api, "shop", SIGNAL), false);
});
