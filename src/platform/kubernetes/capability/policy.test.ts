import assert from "node:assert/strict";
import { test } from "node:test";
import type { Capability, Change } from "../../../platform.ts";
import { monotonicClock } from "../../../std/clock.ts";
import { configOf, nodeOf, podOf } from "../kubernetes.fixture.ts";
import { cutLabel, policyName } from "../marks.ts";
import { MemoryApi } from "../memory-api.fixture.ts";
import type { PodObject } from "../objects.ts";
import type { Parts } from "../parts.ts";
import { takeAway } from "../residue.ts";
import { UndoList } from "../undo-list.ts";
import { policyCapability, policyOf } from "./policy.ts";

const SIGNAL = new AbortController().signal;
const ID = "run-1/a node is cut off/1";
const NODE = { id: "node/worker-1", role: "node", node: "worker-1", leader: false, healthy: true, labels: {} };
const BOTH = { direction: "both", peers: [] as string[], how: "drop" } as const;

interface Scene {
  readonly memory: MemoryApi;
  readonly parts: Parts;
  readonly tried: string[];
  /** What a fresh connection does while there is a policy. */
  underPolicy: string;
  before: string;
}

/** A replica on each of two nodes. Connections fail while there is a NetworkPolicy, as with a network plugin that enforces it. */
function sceneOf(): Scene {
  const memory = new MemoryApi();
  const selector = { matchLabels: { app: "shop" } };
  const metadata = { name: "shop", namespace: "shop" };
  memory.put({ apiVersion: "apps/v1", kind: "Deployment", metadata, ...{ spec: { selector } } });
  for (const [index, node] of ["worker-1", "worker-2"].entries()) {
    memory.put(nodeOf(node));
    const spec = { nodeName: node, containers: [{ name: "shop", ports: [{ containerPort: 8080 }] }] };
    const pod = podOf(`shop-${index}`, node, { labels: { app: "shop" }, spec });
    memory.put({ ...pod, status: { ...pod.status, podIP: `10.0.0.${index}` } } as PodObject);
  }
  const scene: Scene = {
    memory,
    tried: [],
    underPolicy: "ECONNREFUSED",
    before: "connected",
    parts: {
      api: memory.api,
      config: configOf({ postgres: undefined, redis: undefined, cuts: "network-policy" }),
      clock: monotonicClock(),
      undoList: new UndoList(memory.api, "shop"),
      tools: {
        has: () => false,
        exec: async ({ metadata: { name } }: PodObject, _kind: unknown, argv: readonly string[]) => {
          const [, to] = /connect\((.*)\)/.exec(argv.at(-1) ?? "") ?? [];
          const { host, port } = JSON.parse(to ?? "{}") as { host?: string; port?: number };
          scene.tried.push(`${name} to ${host}:${port}`);
          const says = memory.has("NetworkPolicy", policyName(ID)) ? scene.underPolicy : scene.before;
          return { code: 0, stdout: `${says}\n`, stderr: "" };
        },
      },
    } as unknown as Parts,
  };
  return scene;
}

async function cutOf(cut: Capability<"cut">, parameters: Change<"cut">["parameters"] = BOTH): Promise<Change<"cut">> {
  const prior = await cut.prior(NODE, parameters, SIGNAL);
  const target = { id: NODE.id, role: NODE.role, node: NODE.node };
  return { id: ID, capability: "cut", target, parameters, prior, expiresAfterMs: 20_000 };
}

const labelsOf = ({ memory }: Scene, pod: string) => memory.objects.get(`Pod shop ${pod}`)?.metadata.labels;

test("the pods of the node are cut from everybody but each other, and a fresh connection that fails is the bite", async () => {
  const scene = sceneOf();
  const cut = policyCapability(scene.parts);
  const change = await cutOf(cut);
  await cut.apply(change, SIGNAL);
  assert.equal(labelsOf(scene, "shop-0")?.[cutLabel(ID)], "cut");
  assert.equal(labelsOf(scene, "shop-1")?.[cutLabel(ID)], undefined);
  assert.deepEqual(
    [...(await scene.parts.undoList.read(SIGNAL)).values()],
    [{ how: "remove-policy", policy: policyName(ID), run: "run-1", afterMs: 20_000 }],
  );
  const bite = await cut.bitten(change, SIGNAL);
  assert.equal(bite?.says, "fresh connections fail (existing ones go on): shop-0 ECONNREFUSED");
  assert.deepEqual(scene.tried, ["shop-1 to 10.0.0.0:8080", "shop-1 to 10.0.0.0:8080"], "once before, once after");
  await cut.revert(change, SIGNAL);
  await cut.revert(change, SIGNAL);
  assert.match(
    (await cut.healed(change, SIGNAL))?.says ?? "",
    /no policy of ours is left, fresh connections work; app\/shop-0/,
  );
  assert.equal(labelsOf(scene, "shop-0")?.[cutLabel(ID)], undefined);
  assert.equal((await scene.parts.undoList.read(SIGNAL)).size, 0);
});

test("a policy that the network plugin does not enforce is no bite", async () => {
  const scene = sceneOf();
  scene.underPolicy = "connected";
  const cut = policyCapability(scene.parts);
  const change = await cutOf(cut);
  await cut.apply(change, SIGNAL);
  assert.equal(await cut.bitten(change, SIGNAL), null);
});

test("what does not connect before is refused before anything is changed, because its failure would prove nothing", async () => {
  const scene = sceneOf();
  scene.before = "no answer";
  const cut = policyCapability(scene.parts);
  await assert.rejects(async () => cut.apply(await cutOf(cut), SIGNAL), { code: "kubernetes-cannot" });
  assert.equal(scene.memory.has("NetworkPolicy", policyName(ID)), false);
  assert.equal((await scene.parts.undoList.read(SIGNAL)).size, 0);
});

test("chosen peers and a certain refusal are refused in words, since a NetworkPolicy promises neither", async () => {
  const cut = policyCapability(sceneOf().parts);
  await assert.rejects(cutOf(cut, { ...BOTH, peers: ["worker-2"] }), { got: "chosen peers: worker-2" });
  await assert.rejects(cutOf(cut, { ...BOTH, how: "reject" }), { got: /up to the cluster's network plugin/ });
});

test("one way cuts one way, and is tried from the side that it cuts", async () => {
  const scene = sceneOf();
  const cut = policyCapability(scene.parts);
  const change = await cutOf(cut, { ...BOTH, direction: "out" });
  assert.deepEqual(policyOf(change, "shop").spec.policyTypes, ["Egress"]);
  assert.deepEqual(policyOf({ ...change, parameters: { ...BOTH, direction: "in" } }, "shop").spec.policyTypes, [
    "Ingress",
  ]);
  await cut.apply(change, SIGNAL);
  assert.deepEqual(scene.tried, ["shop-0 to 10.0.0.1:8080"]);
});

test("heal finds policy and labels of a run that died, without its journal", async () => {
  const scene = sceneOf();
  const cut = policyCapability(scene.parts);
  await cut.apply(await cutOf(cut), SIGNAL);
  assert.deepEqual(await takeAway(scene.parts, SIGNAL), []);
  assert.equal(scene.memory.has("NetworkPolicy", policyName(ID)), false);
  assert.equal(labelsOf(scene, "shop-0")?.[cutLabel(ID)], undefined);
});
