/** The embedded lab on real parts: it boots, reports its state truthfully, survives the death of its leaders, and disappears. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createLab } from "../../src/platform/lab.ts";
import { type CapabilityName, type Change, capabilityOf, type Target } from "../../src/platform.ts";
import { monotonicClock } from "../../src/std/clock.ts";
import type { Json } from "../../src/std/json.ts";
import { until } from "../../src/std/wait.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import { footprint, untouched } from "./footprint.ts";
import { folderOfTestFile } from "./gameday.ts";

const signal = new AbortController().signal;
const folder = folderOfTestFile("lab");
const clock = monotonicClock();
const app = { command: ["node", "app.mjs"], directory: join(import.meta.dirname, "lab-app"), gracePeriod: "2s" };
const atFirst = await untouched(signal);
const lab = createLab({ kind: "lab", app }, { folder: ".", logFolder: join(folder, "log"), clock, runId: "e2e" });
const events: TimelineEvent[] = [];
const watching = new AbortController();
let number = 0;

describe("the lab", { timeout: 240_000 }, () => {
  let watch: Promise<void> | undefined;
  before(async () => {
    await lab.prepare(signal);
    await healthy();
    watch = lab.watch((event) => events.push(event), watching.signal);
  });
  after(async () => {
    watching.abort();
    await watch;
    await lab[Symbol.asyncDispose]();
  });

  test("is healthy after a boot of less than 20 s", () => {
    assert.ok(clock.nowMs() < 20_000, `it took ${clock.nowMs()} ms`);
  });

  test("lists what can be hit, leaders marked", async () => {
    const topology = await lab.topology(signal);
    const count = (role: string) => topology.filter((target) => target.role === role).length;
    assert.deepEqual(["app", "postgres", "redis", "sentinel", "node"].map(count), [3, 3, 3, 3, 3]);
    assert.deepEqual(["haproxy", "etcd"].map(count), [1, 1]);
    assert.equal(topology.filter((target) => target.leader).length, 2);
    assert.equal(new Set(topology.filter((target) => target.role === "app").map((target) => target.node)).size, 3);
  });

  test("serves the app through the proxy, never as root, from every node", async () => {
    const seen = new Set<string>();
    const answer = async () => {
      const body = (await (await fetch(lab.endpoint())).json()) as { replica: string; uid: number };
      assert.notEqual(body.uid, 0);
      return seen.add(body.replica).size === 3;
    };
    await until(answer, { what: "an answer of each replica", deadlineMs: 5_000, everyMs: 5, signal });
  });

  test("answers SQL from the leader, and only reads", async () => {
    const { rows, source } = await lab.queries.sql("select $1::int + 1, now() is not null", [41], signal);
    assert.deepEqual(rows, [[42, true]]);
    assert.match(source, /leader/);
    await assert.rejects(lab.queries.sql("create table t (id int)", [], signal), /read-only/);
    assert.deepEqual((await lab.queries.redis(["PING"], signal)).value, "PONG");
  });

  test("PostgreSQL: another member leads while the killed leader is down, which then streams again", async () => {
    const { target, change } = await apply(
      "stop",
      { role: "postgres", leader: true },
      { stayDown: true, signal: "KILL" },
    );
    await bitten(change);
    await otherLeader(target, 30_000);
    const { rows } = await lab.queries.sql("select pg_is_in_recovery()", [], signal);
    assert.deepEqual(rows, [[false]]);
    await heal(change);
    const sync = (await lab.topology(signal)).some((one) => one.labels["role"] === "sync_standby");
    assert.ok(sync);
  });

  test("Redis: another member is master while the killed one is down, which then follows it", async () => {
    const { target, change } = await apply("stop", { role: "redis", leader: true }, { stayDown: true, signal: "KILL" });
    await bitten(change);
    await otherLeader(target, 15_000);
    await heal(change);
  });

  test("a killed replica of the app is started again by its node", async () => {
    const { target, change } = await apply("stop", { role: "app" }, { stayDown: false, signal: "KILL" });
    await bitten(change);
    await until(() => capabilityOf(lab, "stop")?.healed(change, signal), {
      what: "it to be back",
      deadlineMs: 10_000,
      signal,
    });
    await healthy();
    const seen = () => events.some((event) => event.type === "restart" && event.target === target.id);
    await until(seen, { what: "the restart to be seen", deadlineMs: 2_000, signal });
  });

  test("a node that lost its power comes back with its disk", async () => {
    const { change } = await apply("power", { role: "node", node: "n2" }, {});
    await bitten(change);
    await heal(change);
  });

  test("a node that is cut off rejoins", async () => {
    const { change } = await apply("cut", { role: "node", node: "n3" }, { direction: "both", peers: [], how: "drop" });
    await bitten(change);
    await heal(change);
  });

  test("a drained node's replicas move within the budget, and its members return when it is uncordoned", async () => {
    const { change } = await apply("cordon", { role: "node", node: "n1" }, {});
    await bitten(change);
    const drain = await apply("evict", { role: "node", node: "n1" }, { graceMs: 5_000, withinMs: 60_000 });
    await bitten(drain.change);
    const apps = (await lab.topology(signal)).filter((one) => one.role === "app");
    assert.equal(apps.length, 3);
    assert.ok(apps.every((one) => one.node !== "n1"));
    await heal(change);
  });

  test("frozen processes are stopped and continue", async () => {
    const { change } = await apply("freeze", { role: "app" }, {});
    await bitten(change);
    await heal(change);
  });

  test("scales up into the proxy and down again", async () => {
    await lab.scaleApp(7, signal);
    const ready = async () => (await lab.replicaCpu(signal)).replicas.filter((replica) => replica.ready).length;
    await until(async () => (await ready()) === 7, { what: "7 ready replicas", deadlineMs: 15_000, signal });
    assert.ok((await lab.replicaCpu(signal)).replicas.every((replica) => replica.cpuMs > 0));
    await lab.scaleApp(3, signal);
    await until(async () => (await ready()) === 3, { what: "3 ready replicas", deadlineMs: 15_000, signal });
    await healthy();
  });

  test("reports roles as they change, and keeps its logs", async () => {
    const moves = events.filter((event) => event.type === "role" && event.was !== "unknown");
    assert.ok(moves.some((event) => event.type === "role" && event.role === "postgres" && event.is === "leader"));
    assert.ok(moves.some((event) => event.type === "role" && event.role === "redis" && event.is === "master"));
    await lab.collect(join(folder, "cut"), { fromMs: 0, toMs: clock.nowMs() }, signal);
    assert.ok(readdirSync(join(folder, "cut")).includes("postgres-n1.log"));
    assert.deepEqual(await lab.restore(signal), []);
  });
});

test("nothing of the lab is left", () => {
  assert.deepEqual(footprint(), atFirst);
});

async function healthy(): Promise<void> {
  let seen = "";
  const all = async () => {
    const bad = (await lab.health(signal)).filter((line) => !line.ok);
    seen = bad.map((line) => `${line.name}: ${line.seen}`).join("; ");
    return bad.length === 0;
  };
  await until(all, { what: "a healthy lab", deadlineMs: 60_000, everyMs: 100, signal, seen: () => seen });
}

async function apply(
  capability: CapabilityName,
  wanted: Partial<Target>,
  parameters: Record<string, Json>,
): Promise<{ target: Target; change: Change }> {
  const target = (await lab.topology(signal)).find((one) =>
    Object.entries(wanted).every(([key, value]) => one[key as keyof Target] === value),
  );
  const able = capabilityOf(lab, capability);
  assert.ok(target !== undefined && able !== undefined);
  const prior = await able.prior(target, parameters, signal);
  const change = { id: `e2e/${++number}`, capability, target, parameters, prior, expiresAfterMs: 120_000 };
  await able.apply(change, signal);
  return { target, change };
}

async function bitten(change: Change): Promise<void> {
  const look = () => capabilityOf(lab, change.capability)?.bitten(change, signal);
  await until(look, { what: `${change.capability} to bite`, deadlineMs: 60_000, signal });
}

async function heal(change: Change): Promise<void> {
  await capabilityOf(lab, change.capability)?.revert(change, signal);
  const look = () => capabilityOf(lab, change.capability)?.healed(change, signal);
  await until(look, { what: `${change.capability} to be healed`, deadlineMs: 60_000, signal });
  await healthy();
}

async function otherLeader(dead: Target, deadlineMs: number): Promise<void> {
  const look = async () => {
    const topology = await lab.topology(signal);
    return topology.some((one) => one.role === dead.role && one.leader && one.healthy && one.id !== dead.id);
  };
  await until(look, { what: `another ${dead.role} leader than ${dead.id}`, deadlineMs, everyMs: 100, signal });
}
