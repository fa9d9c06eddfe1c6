import assert from "node:assert/strict";
import { test } from "node:test";
import type { TargetReferenceWithNode } from "../../../platform.ts";
import { configOf, nodeOf, podOf } from "../kubernetes.fixture.ts";
import { MemoryApi } from "../memory-api.fixture.ts";
import type { Parts } from "../parts.ts";
import { cutCapability } from "./network.ts";

const SIGNAL = new AbortController().signal;
const ROUTES = "Iface\tDestination\tGateway\neth0\t00000000\t01014E0A\n";

/** A leader and a Redis on worker-1, whose Node object does not say which addresses its pods have. Returns the rules that each pod got. */
function stage(): { readonly parts: Parts; readonly rules: Map<string, string> } {
  const memory = new MemoryApi();
  const { podCIDRs: _unknown, ...spec } = nodeOf("worker-1").spec ?? {};
  memory.put({ ...nodeOf("worker-1"), ...{ spec } });
  for (const [name, app, podIP] of [
    ["pg-0", "pg", "10.78.1.3"],
    ["redis-2", "redis", "10.78.1.4"],
  ] as const)
    memory.put(podOf(name, "worker-1", { labels: { app }, status: { phase: "Running", podIP }, spec: withProbe(3) }));
  memory.put(podOf("pg-1", "worker-2", { labels: { app: "pg" }, status: { phase: "Running", podIP: "10.78.2.3" } }));
  const rules = new Map<string, string>();
  const exec = async (pod: { metadata: { name: string } }, _kind: object, argv: string[], { stdin = "" }) => {
    if (argv[0] === "nft") rules.set(pod.metadata.name, stdin);
    return { code: 0, stdout: argv[0] === "cat" ? ROUTES : "", stderr: "" };
  };
  const tools = { exec, has: () => false };
  return { parts: { api: memory.api, config: configOf(), tools } as unknown as Parts, rules };
}

function withProbe(timeoutSeconds: number) {
  return { nodeName: "worker-1", containers: [{ name: "postgres", livenessProbe: { timeoutSeconds } }] };
}

async function cut(parts: Parts, target: TargetReferenceWithNode): Promise<void> {
  const parameters = { how: "drop" as const, direction: "both" as const, peers: [] };
  const change = {
    id: "run/cut/1",
    capability: "cut",
    target,
    parameters,
    prior: null,
    expiresAfterMs: 30_000,
  } as const;
  await cutCapability(parts).apply(change, SIGNAL);
}

test("a cut node's kubelet and pods still reach each other where the node does not say which addresses its pods have", async () => {
  const { parts, rules } = stage();
  await cut(parts, { id: "node/worker-1", role: "node", node: "worker-1" });
  assert.deepEqual([...rules.keys()], ["pg-0", "redis-2"]);
  for (const text of rules.values()) {
    for (const address of ["10.77.0.11", "10.78.1.3", "10.78.1.4"])
      assert.match(text, new RegExp(`ip saddr ${address} [^\\n]*accept\\n[^]*ip saddr @peers counter drop`));
    assert.match(text, /ip saddr 10\.78\.1\.1 tcp flags/);
    assert.match(text, /set opened \{[^}]*timeout 4s/, "a second more than the pod's longest probe may take");
    assert.doesNotMatch(text, /10\.78\.2\.3/);
  }
});

test("a cut of one pod spares nobody", async () => {
  const { parts, rules } = stage();
  await cut(parts, { id: "postgres/pg-0", role: "postgres", node: "worker-1" });
  assert.doesNotMatch(rules.get("pg-0") ?? "", /saddr [\d.]+ accept/);
});
