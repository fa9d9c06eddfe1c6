import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { KubernetesObject } from "../../kubernetes.ts";
import { monotonicClock } from "../../std/clock.ts";
import { GamedayError } from "../../std/errors.ts";
import { until } from "../../std/wait.ts";
import { LEASE, Lease } from "./lease.ts";
import { MemoryApi } from "./memory-api.fixture.ts";

const SIGNAL = new AbortController().signal;
const KEY = `Lease shop ${LEASE}`;

async function held(context: TestContext, memory: MemoryApi): Promise<Lease> {
  const options = { api: memory.api, namespace: "shop", holder: "run-1", clock: monotonicClock(), renewMs: 2 };
  const lease = await Lease.take(options, SIGNAL);
  context.after(() => lease[Symbol.asyncDispose]());
  return lease;
}

function eventually(what: string, condition: () => boolean): Promise<unknown> {
  return until(condition, { what, deadlineMs: 5_000, everyMs: 2, signal: SIGNAL });
}

const versionOf = (memory: MemoryApi) => memory.objects.get(KEY)?.metadata.resourceVersion;

test("an API server that is away does not cost the lease: it is renewed again as soon as the server is back", async (context) => {
  const memory = new MemoryApi();
  const lease = await held(context, memory);
  let refused = 0;
  memory.before = () => {
    refused++;
    throw new GamedayError({ code: "kubernetes-unreachable", expected: "an answer", got: "none" });
  };
  await eventually("a renewal that is refused", () => refused > 2);
  const before = versionOf(memory);
  memory.before = () => undefined;
  await eventually("a renewal", () => versionOf(memory) !== before);
  assert.equal(lease.lost, null);
});

test("a renewal whose answer was lost is no other run; a lease that somebody else holds is lost, and is left alone", async (context) => {
  const memory = new MemoryApi();
  const lease = await held(context, memory);
  const there = memory.objects.get(KEY);
  assert.ok(there);
  const before = versionOf(memory);
  memory.put(there); // as the server stores a renewal of ours whose answer never arrives
  await eventually("a renewal of the newer version", () => Number(versionOf(memory)) > Number(before) + 1);
  assert.equal(lease.lost, null);
  memory.put({ ...there, spec: { holderIdentity: "run-2" } } as KubernetesObject);
  await eventually("the loss", () => lease.lost !== null);
  assert.equal(lease.lost, "it is held by run-2");
  await lease[Symbol.asyncDispose]();
  assert.ok(memory.has("Lease", LEASE));
});
