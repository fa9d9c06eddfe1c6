import assert from "node:assert/strict";
import { test } from "node:test";
import { type CapabilityName, type Change, capabilityOf, type Platform, type Target } from "../../platform.ts";
import { monotonicClock } from "../../std/clock.ts";
import { isRecord, type Json } from "../../std/json.ts";
import { until } from "../../std/wait.ts";
import { createFake } from "../fake.ts";

/** Never aborted: each wait has a deadline of its own, which begins with the wait and not with the load of this file. */
const { signal } = new AbortController();

async function prepared(config: Readonly<Record<string, Json>> = {}): Promise<Platform> {
  const platform = createFake({ kind: "fake", ...config }, { clock: monotonicClock() });
  await platform.prepare(signal);
  return platform;
}

async function request(platform: Platform, path: string, method = "GET", body?: Json) {
  const response = await fetch(`${platform.endpoint()}${path}`, {
    method,
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

async function auditOf(platform: Platform, object: string): Promise<Json[]> {
  const { body } = await request(platform, `/audit/${object}?run=r`);
  assert.ok(isRecord(body) && Array.isArray(body["items"]) && body["complete"] === true && body["next"] === null);
  return body["items"];
}

async function changeOf(
  platform: Platform,
  capability: CapabilityName,
  target: Target,
  parameters = {},
): Promise<Change> {
  const prior = (await capabilityOf(platform, capability)?.prior(target, parameters, signal)) ?? null;
  const { id, role, node } = target;
  return {
    id: `r/test/${capability}`,
    capability,
    target: { id, role, node },
    parameters,
    prior,
    expiresAfterMs: null,
  };
}

async function leaderOf(platform: Platform, role: string): Promise<Target> {
  const found = (await platform.topology(signal)).find((target) => target.role === role && target.leader);
  assert.ok(found);
  return found;
}

test("what is stored is in the audit, once, until it is cleaned up", async () => {
  await using platform = await prepared();
  assert.equal((await request(platform, "/orders", "POST", { id: "r/w0/u0/0" })).status, 201);
  assert.equal((await request(platform, "/orders", "POST", { id: "r/w0/u0/0" })).status, 200);
  assert.equal((await request(platform, "/orders", "POST", { id: "other/0" })).status, 201);
  assert.equal((await request(platform, "/sessions", "POST", { id: "r/w0/u0/1" })).status, 201);
  assert.equal((await request(platform, "/catalogue")).status, 200);
  assert.equal((await request(platform, "/nowhere")).status, 404);
  assert.deepEqual(await auditOf(platform, "orders"), [{ id: "r/w0/u0/0", count: 1, value: null }]);
  assert.equal((await auditOf(platform, "sessions")).length, 1);
  assert.deepEqual((await request(platform, "/audit/clean-up?run=r", "POST")).body, { remaining: 0 });
  assert.deepEqual(await auditOf(platform, "orders"), []);
});

test("a killed leader is seen to bite, another takes over, and the old one rejoins after the heal", async () => {
  await using platform = await prepared();
  const target = await leaderOf(platform, "postgres");
  const change = await changeOf(platform, "stop", target, { stayDown: true });
  const stop = capabilityOf(platform, "stop");
  assert.ok(stop);
  assert.equal(await stop.bitten(change, signal), null);
  await stop.apply(change, signal);
  assert.ok(await stop.bitten(change, signal));
  const write = (sequence: number) => request(platform, "/orders", "POST", { id: `r/w0/u0/${sequence}` });
  assert.equal((await write(0)).status, 503);
  let sequence = 1;
  const what = "writes to succeed again";
  await until(async () => (await write(sequence++)).status === 201, { what, deadlineMs: 5000, signal });
  assert.notEqual((await leaderOf(platform, "postgres")).id, target.id);
  assert.equal(await stop.healed(change, signal), null);
  await stop.revert(change, signal);
  await stop.revert(change, signal);
  await until(() => stop.healed(change, signal), { what: "the member to be back", deadlineMs: 5000, signal });
  await until(async () => (await platform.health(signal)).every(({ ok }) => ok), {
    what: "health",
    deadlineMs: 5000,
    signal,
  });
});

test("a change that expires reverts itself", async () => {
  await using platform = await prepared();
  const change = { ...(await changeOf(platform, "freeze", await leaderOf(platform, "redis"))), expiresAfterMs: 50 };
  await capabilityOf(platform, "freeze")?.apply(change, signal);
  const healed = () => capabilityOf(platform, "freeze")?.healed(change, signal);
  assert.equal(await healed(), null);
  await until(healed, { what: "the thaw", deadlineMs: 5000, signal });
});

test("restore reverts everything, and a node that was cordoned before stays so when its change is reverted", async () => {
  await using platform = await prepared();
  const node = (await platform.topology(signal)).find(({ role }) => role === "node");
  const cordon = capabilityOf(platform, "cordon");
  assert.ok(node && cordon);
  const first = await changeOf(platform, "cordon", node);
  await cordon.apply(first, signal);
  const second = { ...(await changeOf(platform, "cordon", node)), id: "r/test/second" };
  await cordon.apply(second, signal);
  await cordon.revert(second, signal);
  const nodesLine = async () => (await platform.health(signal)).find(({ name }) => name === "nodes");
  assert.equal((await nodesLine())?.ok, false);
  assert.deepEqual(await platform.restore(signal), []);
  assert.equal((await nodesLine())?.ok, true);
});

test("a lie is played: an injection that only claims to bite", async () => {
  await using platform = await prepared({ lies: ["claims-fault-that-did-not-bite"] });
  const change = await changeOf(platform, "stop", await leaderOf(platform, "redis"), { stayDown: true });
  await capabilityOf(platform, "stop")?.apply(change, signal);
  assert.equal(await capabilityOf(platform, "stop")?.bitten(change, signal), null);
  assert.equal((await request(platform, "/sessions", "POST", { id: "r/1" })).status, 201);
});

test("an unknown lie is an error with the nearest name", () => {
  assert.throws(() => createFake({ kind: "fake", lies: ["early-200"] }, { clock: monotonicClock() }), /early-200/);
});
