import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { configOf, nodeOf } from "../kubernetes.fixture.ts";
import { MemoryApi } from "../memory-api.fixture.ts";
import type { Parts } from "../parts.ts";
import { cutCapability } from "./network.ts";
import { powerCapability } from "./node-command.ts";

const SIGNAL = new AbortController().signal;
const TARGET = { id: "node/worker-1", role: "node", node: "worker-1", leader: false, healthy: true, labels: {} };

function partsOf(more: Record<string, unknown>, planFolder = "."): { parts: Parts; memory: MemoryApi } {
  const memory = new MemoryApi();
  memory.put(nodeOf("worker-1"));
  const parts = { api: memory.api, config: configOf(more), clock: { nowMs: () => 0 }, planFolder, runId: "run" };
  return { parts: parts as unknown as Parts, memory };
}

test("a node is not turned off without the plan's own commands, and the refusal says which", async () => {
  const { parts } = partsOf({});
  await assert.rejects(async () => powerCapability(parts).prior(TARGET, {}, SIGNAL), {
    code: "kubernetes-cannot",
    expected: /platform\.nodeCommands\.powerOff and \.powerOn/,
  });
  const half = partsOf({ nodeCommands: { powerOff: ["true"] } }).parts;
  await assert.rejects(async () => powerCapability(half).prior(TARGET, {}, SIGNAL), { code: "kubernetes-cannot" });
  const link = { direction: "both" as const, peers: [], how: "link" as const };
  await assert.rejects(async () => cutCapability(parts).prior(TARGET, link, SIGNAL), { expected: /nodeCommands\.cut/ });
});

test("a node of the control plane is refused, whatever commands there are", async () => {
  const { parts, memory } = partsOf({ nodeCommands: { powerOff: ["true"], powerOn: ["true"] } });
  memory.put(nodeOf("worker-1", { labels: { "node-role.kubernetes.io/control-plane": "" } }));
  await assert.rejects(async () => powerCapability(parts).prior(TARGET, {}, SIGNAL), { code: "kubernetes-refused" });
});

test("the node of the only entry is refused, because its loss could not be told from that of the app", async () => {
  const nodeCommands = { powerOff: ["true"], powerOn: ["true"] };
  const endpoint = "http://10.77.0.11:30080"; // the address of worker-1
  const power = (more: object) =>
    powerCapability(partsOf({ nodeCommands, endpoint, ...more }).parts).prior(TARGET, {}, SIGNAL);
  await assert.rejects(power({}), { code: "kubernetes-cannot", hint: /platform\.entries/ });
  await assert.rejects(power({ entries: ["http://10.77.0.11:30081"] }), { code: "kubernetes-cannot" });
  await power({ entries: ["http://10.77.0.12:30080"] });
});

test("the commands run in the plan's folder with the node's name; one that fails says so", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-node-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const powerOff = ["sh", "-c", 'echo "$0" > off', "{node}"];
  const { parts, memory } = partsOf(
    { nodeCommands: { powerOff, powerOn: ["sh", "-c", "echo broken >&2; exit 3"] } },
    folder,
  );
  const power = powerCapability(parts);
  const prior = await power.prior(TARGET, {}, SIGNAL);
  const change = {
    id: "run/one/1",
    capability: "power",
    target: TARGET,
    parameters: {},
    prior,
    expiresAfterMs: null,
  } as const;
  await power.apply(change, SIGNAL);
  assert.equal(readFileSync(join(folder, "off"), "utf8"), "worker-1\n");
  memory.put(nodeOf("worker-1", { ready: false }));
  assert.match((await power.bitten(change, SIGNAL))?.says ?? "", /worker-1 is not Ready/);
  await assert.rejects(async () => power.revert(change, SIGNAL), { got: /exit 3: broken/ });
});
