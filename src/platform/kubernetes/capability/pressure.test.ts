import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExecOutcome } from "../../../kubernetes.ts";
import type { Capability, Change } from "../../../platform.ts";
import { monotonicClock } from "../../../std/clock.ts";
import { configOf, nodeOf, podOf } from "../kubernetes.fixture.ts";
import { MemoryApi } from "../memory-api.fixture.ts";
import { OwnStress } from "../own-stress.ts";
import type { Parts } from "../parts.ts";
import { cpuCapability, usedMilli } from "./cpu.ts";
import { memoryCapability } from "./memory.ts";

const SIGNAL = new AbortController().signal;
const APP = { id: "app/shop-1", role: "app", node: "worker-1", leader: false, healthy: true, labels: {} };
const NODE = { ...APP, id: "node/worker-1", role: "node" };

interface Scene {
  readonly parts: Parts;
  /** The scripts that ran in tools containers, with their pods. */
  readonly ran: string[];
  answer: (script: string) => ExecOutcome;
}

/** A replica with limits and a member of PostgreSQL without a CPU limit, on one node. */
function sceneOf(): Scene {
  const memory = new MemoryApi();
  const selector = { matchLabels: { app: "shop" } };
  const metadata = { name: "shop", namespace: "shop" };
  memory.put({ apiVersion: "apps/v1", kind: "Deployment", metadata, ...{ spec: { selector } } });
  memory.put(nodeOf("worker-1"));
  const limits = { cpu: "500m", memory: "256Mi" };
  const shop = { nodeName: "worker-1", containers: [{ name: "shop", resources: { limits } }] };
  memory.put(podOf("shop-1", "worker-1", { labels: { app: "shop" }, spec: shop }));
  const pg = { nodeName: "worker-1", containers: [{ name: "postgres", resources: { limits: { memory: "512Mi" } } }] };
  memory.put(podOf("pg-0", "worker-1", { labels: { app: "pg" }, spec: pg }));
  const usage = (name: string, container: string, used: string) => ({
    apiVersion: "metrics.k8s.io/v1beta1",
    kind: "PodMetrics" as const,
    metadata: { name, namespace: "shop" },
    containers: [{ name: container, usage: { cpu: "1m", memory: used } }],
  });
  memory.put(usage("shop-1", "shop", "102400Ki"));
  memory.put(usage("pg-0", "postgres", "100Mi"));
  const ran: string[] = [];
  const scene: Scene = {
    parts: {
      api: memory.api,
      config: configOf({ postgres: { pods: { app: "pg" }, container: "postgres", leader: "sql" }, redis: undefined }),
      clock: monotonicClock(),
      ownStress: new OwnStress(),
      tools: {
        has: () => true,
        exec: async (pod: { metadata: { name: string } }, _kind: unknown, [, , script]: string[]) => {
          ran.push(`${pod.metadata.name}: ${script}`);
          return scene.answer(script ?? "");
        },
      },
    } as unknown as Parts,
    ran,
    answer: () => ({ code: 0, stdout: "", stderr: "" }),
  };
  return scene;
}

async function changeOf<N extends "cpu" | "memory">(
  capability: Capability<N>,
  target: typeof APP,
  parameters: object,
): Promise<Change<N>> {
  const prior = await capability.prior(target, parameters as never, SIGNAL);
  const { id, role, node } = target;
  const change = { id: "run-1/pressure/1", capability: "cpu", target: { id, role, node }, parameters, prior };
  return { ...change, expiresAfterMs: 20_500 } as unknown as Change<N>;
}

test("cpu takes what the limit has beyond what is left, and ends by itself after the change's time", async () => {
  const scene = sceneOf();
  const cpu = cpuCapability(scene.parts);
  await cpu.apply(await changeOf(cpu, APP, { leavePercent: 20 }), SIGNAL);
  assert.equal(scene.ran.length, 1);
  assert.match(scene.ran[0] ?? "", /^shop-1: hold cpu 21 300 >/);
});

test("cpu on a node presses what has a limit, and its proof names what was left alone", async () => {
  const scene = sceneOf();
  const cpu = cpuCapability(scene.parts);
  const change = await changeOf(cpu, NODE, { leavePercent: 20 });
  await cpu.apply(change, SIGNAL);
  assert.deepEqual(
    scene.ran.map((line) => line.split(":")[0]),
    ["shop-1"],
  );
  scene.answer = () => ({ code: 0, stdout: statOf(25), stderr: "" });
  assert.equal(
    (await cpu.bitten(change, SIGNAL))?.says,
    "shop-1: our process has used 250m of the pod's limit of 500m, wanted 300m; left alone: pg-0: no cpu limit on postgres",
  );
  scene.answer = () => ({ code: 0, stdout: statOf(10), stderr: "" });
  const short = { got: /our process has used 100m of the pod's limit of 500m, wanted 300m/ };
  await assert.rejects(
    cpu.bitten(change, SIGNAL),
    short,
    "a process that gets no CPU time proves nothing, and says so",
  );
  scene.answer = () => ({ code: 1, stdout: "", stderr: "" });
  assert.equal(await cpu.bitten(change, SIGNAL), null, "a process that has ended proves nothing");
});

test("a pod without a limit, or with no more than is to be left, is refused before anything is changed", async () => {
  const scene = sceneOf();
  const cpu = cpuCapability(scene.parts);
  const pg = { ...APP, id: "postgres/pg-0", role: "postgres" };
  await assert.rejects(changeOf(cpu, pg, { leavePercent: 20 }), {
    code: "kubernetes-cannot",
    got: "pg-0: no cpu limit on postgres",
  });
  await assert.rejects(changeOf(cpu, APP, { leavePercent: 60 }), { got: /its limit of 500m is no more than the 600m/ });
  assert.deepEqual(scene.ran, []);
});

test("memory takes the limit less what is in use and what is left, and proves it by what its process holds", async () => {
  const scene = sceneOf();
  const memory = memoryCapability(scene.parts);
  const change = await changeOf(memory, APP, { leaveMegabytes: 8 });
  await memory.apply(change, SIGNAL);
  assert.match(scene.ran[0] ?? "", /^shop-1: hold memory 21 148 >/);
  scene.answer = () => ({ code: 0, stdout: "VmPeak:\t 1 kB\nVmRSS:\t  151900 kB\n", stderr: "" });
  assert.equal(
    (await memory.bitten(change, SIGNAL))?.says,
    "shop-1: our process holds 148 MiB; of the pod's limit of 256 MiB, 100 MiB are in use",
  );
  scene.answer = () => ({ code: 0, stdout: "VmRSS:\t  90000 kB\n", stderr: "" });
  await assert.rejects(memory.bitten(change, SIGNAL), { got: /our process holds 88 MiB/ });
});

test("memory of a pod without metrics is refused, since what is in use is not known", async () => {
  const scene = sceneOf();
  const capability = memoryCapability(scene.parts, 0);
  await (scene.parts.api as unknown as MemoryApi).remove("PodMetrics", "shop", "shop-1");
  await assert.rejects(changeOf(capability, APP, { leaveMegabytes: 8 }), {
    got: /no metrics of it in metrics.k8s.io/,
  });
});

test("undoing ends the process; it is healed once none is left and the target is in its place", async () => {
  const scene = sceneOf();
  const cpu = cpuCapability(scene.parts);
  const change = await changeOf(cpu, APP, { leavePercent: 20 });
  await cpu.revert(change, SIGNAL);
  assert.match(scene.ran.at(-1) ?? "", /kill \$\(cat \/tmp\/[0-9a-f]{12}\.held\)/);
  assert.equal(await cpu.healed(change, SIGNAL), null, "its process is still there");
  scene.answer = () => ({ code: 1, stdout: "", stderr: "" });
  assert.equal((await cpu.healed(change, SIGNAL))?.says, "nothing of ours is held; app/shop-1 are ready");
});

test("what a process used is read from /proc, and not before it has run for a second", () => {
  assert.equal(usedMilli(statOf(36)), 360);
  assert.equal(usedMilli(statOf(5, 0.4)), null);
  assert.equal(usedMilli(""), null);
});

/** The files of a process that has used these ticks since it began: /proc/uptime and /proc/PID/stat, whose name holds a bracket. */
function statOf(ticks: number, seconds = 1): string {
  const fields = ["S", ...Array(10).fill("0"), String(ticks), "0", ...Array(6).fill("0"), "2599981", "0"];
  return `${(25_999.81 + seconds).toFixed(2)} 17406.42\n32172 (hold) cpu) ${fields.join(" ")}\n`;
}
