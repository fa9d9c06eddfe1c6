/** Each broken variant of the shop is broken in the way that it declares, seen from outside, with real stores. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { prepare } from "../../../examples/jewelry-shop/app/prepare.ts";
import { openGate } from "../../../examples/jewelry-shop/test/gate.ts";
import { freePort, startStores, type TestStores } from "../../../examples/jewelry-shop/test/stores.ts";
import { until } from "../../../src/std/wait.ts";

let stores: TestStores;
let sequence = 0;

before(async () => {
  stores = await startStores();
  await prepare(stores.databaseUrl);
});

after(async () => {
  await stores?.[Symbol.asyncDispose]();
});

const newId = (run = "mutant") => `${run}/w0/u0/${sequence++}`;
const orderOf = (id: string, more: object = {}) => ({ id, customer: 1, lines: [{ product: 9, quantity: 1 }], ...more });

interface Variant extends AsyncDisposable {
  readonly child: ChildProcess;
  call(method: string, path: string, body?: unknown, cookie?: string): Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly cookie: string;
  readonly body: Readonly<Record<string, unknown>>;
}

async function start(name: string, environment: Record<string, string> = {}): Promise<Variant> {
  const port = await freePort();
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const { databaseUrl, redisUrl } = stores;
  const env = { PORT: String(port), DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ...environment };
  const child = spawn(process.execPath, [file], { env, stdio: "ignore" });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const variant: Variant = {
    child,
    call: (method, path, body, cookie) => call(`http://127.0.0.1:${port}${path}`, method, body, cookie),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
  await eventually(`${name} to be ready`, async () => (await variant.call("GET", "/readyz")).status === 200);
  return variant;
}

async function call(url: string, method: string, body: unknown, cookie = ""): Promise<Answer> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const reply = await fetch(url, { method, ...sent, headers: { cookie }, signal: AbortSignal.timeout(5_000) });
  const read = (await reply.json()) as Record<string, unknown>;
  return { status: reply.status, cookie: reply.headers.get("set-cookie")?.split(";")[0] ?? "", body: read };
}

const eventually = <T>(what: string, condition: () => Promise<T | false>) =>
  until(condition, { what, deadlineMs: 10_000, everyMs: 30, signal: AbortSignal.timeout(20_000) });

const book = async (shop: Variant, path: string) =>
  (await shop.call("GET", path)).body["items"] as { id: string; count: number; value: unknown }[];

test("early-201 acknowledges an order that is not stored yet", async () => {
  await using shop = await start("early-201");
  const id = newId();
  assert.equal((await shop.call("POST", "/orders", orderOf(id))).status, 201);
  const path = `/orders/${encodeURIComponent(id)}`;
  assert.equal((await shop.call("GET", path)).status, 404);
  await eventually("the order after all", async () => (await shop.call("GET", path)).status === 200);
});

test("till-without-lock loses sales that happen at the same time", async () => {
  await using shop = await start("till-without-lock");
  const till = "mutant/till/1";
  const sales = Array.from({ length: 60 }, () => shop.call("POST", "/orders", orderOf(newId(), { till })));
  assert.ok((await Promise.all(sales)).every(({ status }) => status === 201));
  const [counted] = await book(shop, "/audit/tills?run=mutant");
  assert.ok(Number(counted?.value) < 60, `${counted?.value} of 60`);
});

test("stale-cache never shows a new price", async () => {
  await using shop = await start("stale-cache");
  const { cookie } = await shop.call("POST", "/login", { id: newId(), name: "admin-1" });
  const before = (await shop.call("GET", "/products/50")).body["priceCents"];
  const change = { id: newId(), priceCents: Number(before) + 1 };
  assert.equal((await shop.call("PUT", "/products/50/price", change, cookie)).status, 201);
  assert.equal((await shop.call("GET", "/products/50")).body["priceCents"], before);
});

test("pinned-pool accepts no order after a failover, while everything else is green", async () => {
  await using shop = await start("pinned-pool");
  assert.equal((await shop.call("POST", "/orders", orderOf(newId()))).status, 201);
  await stores.postgres.stop("SIGQUIT");
  await stores.postgres.start();
  await eventually("reads", async () => (await shop.call("GET", "/products/9")).status === 200);
  for (let n = 0; n < 20; n++) assert.equal((await shop.call("POST", "/orders", orderOf(newId()))).status, 503);
  assert.equal((await shop.call("GET", "/readyz")).status, 200);
});

test("leader-cached bypasses the proxy", async () => {
  await using gate = await openGate(stores.postgres.port);
  const url = `postgres://postgres@127.0.0.1:${gate.port}/postgres`;
  await using shop = await start("leader-cached", { DATABASE_URL: url });
  gate.shut();
  for (let n = 0; n < 20; n++) assert.equal((await shop.call("POST", "/orders", orderOf(newId()))).status, 201);
});

test("always-ready is ready before it can serve", async () => {
  await using shop = await start("always-ready");
  assert.equal((await shop.call("GET", "/products/9")).status, 503);
  assert.equal((await shop.call("GET", "/readyz")).status, 200);
});

test("sessions-in-memory does not know another replica's sessions", async () => {
  await using one = await start("sessions-in-memory");
  await using other = await start("sessions-in-memory");
  const { cookie } = await one.call("POST", "/login", { id: newId(), name: "employee-1" });
  assert.equal((await one.call("GET", "/me", undefined, cookie)).status, 200);
  assert.equal((await other.call("GET", "/me", undefined, cookie)).status, 401);
  assert.deepEqual(await book(one, "/audit/sessions?run=sessions-in-memory"), []);
});

test("errors-in-200 hides a refusal behind a success", async () => {
  await using shop = await start("errors-in-200");
  const refused = await shop.call("POST", "/orders", orderOf(newId(), { customer: 999_999 }));
  assert.equal(refused.status, 200);
  assert.equal(refused.body["id"], undefined);
});

test("retry-storm continues writing long after the one order that failed", async () => {
  await using shop = await start("retry-storm");
  const before = await rollbacks();
  await shop.call("POST", "/orders", orderOf(newId(), { customer: 999_999 }));
  await eventually("it to write on with nobody asking", async () => (await rollbacks()) >= before + 20);
});

/** Returns the number of rolled-back transactions of the shop's database, as PostgreSQL counts them (at most a second late). */
async function rollbacks(): Promise<number> {
  const client = new pg.Client({ connectionString: stores.databaseUrl });
  await client.connect();
  try {
    const counted = "SELECT xact_rollback::integer AS n FROM pg_stat_database WHERE datname = current_database()";
    return Number((await client.query<{ n: number }>(counted)).rows[0]?.n);
  } finally {
    await client.end();
  }
}

test("slow-leak grows with each order", async () => {
  await using shop = await start("slow-leak");
  const bytes = async () => {
    const { readFile } = await import("node:fs/promises");
    return Number((await readFile(`/proc/${shop.child.pid}/statm`, "utf8")).split(" ")[1]) * 4_096;
  };
  const before = await bytes();
  for (let n = 0; n < 300; n++) await shop.call("POST", "/orders", orderOf(newId()));
  assert.ok((await bytes()) - before > 20_000_000);
});

test("no-wait acknowledges a basket that no replica has", async () => {
  await using shop = await start("no-wait");
  await stores.redisReplica.stop("SIGKILL");
  assert.equal((await shop.call("PUT", "/carts/mutant%2Fb/items/1", { product: 1, quantity: 1 })).status, 200);
  await stores.redisReplica.start();
});

test("never-rejoins stays away when its stores are back", async () => {
  await using postgres = await openGate(stores.postgres.port);
  await using redis = await openGate(stores.redis.port);
  const DATABASE_URL = `postgres://postgres@127.0.0.1:${postgres.port}/postgres`;
  await using shop = await start("never-rejoins", { DATABASE_URL, REDIS_URL: `redis://127.0.0.1:${redis.port}` });
  postgres.shut();
  redis.shut();
  const isClosing = async () => JSON.stringify((await shop.call("GET", "/readyz")).body).includes("it is closing");
  await eventually("it to give up", isClosing);
  postgres.open();
  redis.open();
  await eventually("its stores", async () => (await shop.call("GET", "/products/9")).status === 200);
  assert.equal((await shop.call("GET", "/readyz")).status, 503);
});

// This test comes last, because it removes a constraint from the tables that all tests share.
test("no-idempotency makes two orders of one id", async () => {
  await using shop = await start("no-idempotency");
  const id = newId("twice");
  await shop.call("POST", "/orders", orderOf(id));
  await shop.call("POST", "/orders", orderOf(id));
  const [found] = await book(shop, "/audit/orders?run=twice");
  assert.deepEqual([found?.id, found?.count], [id, 2]);
});
