/** The shop with a real PostgreSQL and Redis that die, fall silent, or lose their replica. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import pg from "pg";
import { pause, until } from "../../../src/std/wait.ts";
import { prepare } from "../app/prepare.ts";
import { TIMES } from "../app/readiness.ts";
import { openGate } from "./gate.ts";
import { type Reply, startReplica, type TestReplica } from "./replica.ts";
import { startStores, type TestStores } from "./stores.ts";

let stores: TestStores;
let sequence = 0;

before(async () => {
  stores = await startStores();
  await prepare(stores.databaseUrl);
});

after(async () => {
  await stores?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await sql("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()");
});

const newId = () => `trouble/w0/u0/${sequence++}`;
const orderOf = (id: string) => ({ id, customer: 1, lines: [{ product: 1 + (sequence % 8), quantity: 1 }] });
const orderThrough = (replica: TestReplica, id = newId()) => replica.call("POST", "/orders", orderOf(id));
const basketThrough = (replica: TestReplica, id = newId()) =>
  replica.call("PUT", `/carts/trouble%2Fb/items/${encodeURIComponent(id)}`, { product: 1, quantity: 1 });

const eventually = <T>(what: string, condition: () => Promise<T | false | undefined>, everyMs = 20) =>
  until(async () => (await condition()) ?? false, {
    what,
    deadlineMs: 8_000,
    everyMs,
    signal: AbortSignal.timeout(20_000),
  });

async function ready(replica: TestReplica): Promise<void> {
  await eventually("the shop to be ready", async () => (await replica.call("GET", "/readyz")).status === 200);
}

async function sql(...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: stores.databaseUrl, connectionTimeoutMillis: 1_000 });
  client.on("error", () => undefined); // The running statement reports the error.
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

async function shopConnections(): Promise<number> {
  const [row] = await sql(
    "SELECT count(*)::integer AS n FROM pg_stat_activity WHERE application_name = 'jewelry-shop'",
  );
  return Number(row?.["n"]);
}

/** Orders every 20 ms, one order after the other, until stopped. Keeps what was acknowledged and when the first one was. */
function steadyOrders(replica: TestReplica) {
  const acknowledged: { id: string; atMs: number }[] = [];
  const failures: Reply[] = [];
  const stop = new AbortController();
  const done = (async () => {
    while (!stop.signal.aborted) {
      const id = newId();
      const reply = await orderThrough(replica, id);
      if (reply.status === 201) acknowledged.push({ id, atMs: performance.now() });
      else failures.push(reply);
      await pause(20, stop.signal).catch(() => undefined); // An abort ends the pause too.
    }
  })();
  const finish = () => {
    stop.abort();
    return done;
  };
  return { acknowledged, failures, finish };
}

test("PostgreSQL dies and comes back: orders continue at once, and no acknowledged one is missing", async (t) => {
  await using replica = await startReplica(stores);
  await Promise.all(Array.from({ length: 8 }, () => orderThrough(replica))); // All connections are open after this.
  const orders = steadyOrders(replica);
  await eventually("orders before it", async () => orders.acknowledged.length >= 5);
  await stores.postgres.stop("SIGQUIT");
  await eventually("orders to fail", async () => orders.failures.length >= 10);
  const starting = stores.postgres.start();
  await eventually("PostgreSQL to be writable", async () => (await sql("CREATE TEMP TABLE t ()")).length === 0, 10);
  const writableMs = performance.now();
  await starting;
  const first = await eventually(
    "an order",
    async () => orders.acknowledged.find(({ atMs }) => atMs > writableMs) ?? false,
  );
  await orders.finish();
  t.diagnostic(`first order ${(first.atMs - writableMs).toFixed(0)} ms after PostgreSQL was seen writable`);
  assert.ok(orders.failures.length > 0, "no request felt the outage, so nothing was tested");
  assert.ok(orders.failures.every(({ status }) => status === 503));
  assert.ok(first.atMs - writableMs < 500, `${first.atMs - writableMs} ms`);
  const all = await Promise.all(Array.from({ length: 16 }, () => orderThrough(replica)));
  assert.ok(all.every(({ status }) => status === 201));
  for (const { id } of orders.acknowledged) {
    assert.equal((await replica.call("GET", `/orders/${encodeURIComponent(id)}`)).status, 200);
  }
});

test("connections that fall silent delay no request beyond its bounds", async (t) => {
  await using gate = await openGate(stores.postgres.port);
  await using replica = await startReplica({
    ...stores,
    databaseUrl: `postgres://postgres@127.0.0.1:${gate.port}/postgres`,
  });
  await Promise.all(Array.from({ length: 8 }, () => orderThrough(replica)));
  gate.shut();
  const startMs = performance.now();
  const replies = await Promise.all(Array.from({ length: 20 }, () => orderThrough(replica)));
  const tookMs = performance.now() - startMs;
  assert.ok(replies.every(({ status }) => status === 503));
  assert.ok(tookMs < 2_000, `answers took ${tookMs} ms`);
  gate.open();
  const openMs = performance.now();
  await eventually("an order", async () => (await orderThrough(replica)).status === 201);
  t.diagnostic(`first order ${(performance.now() - openMs).toFixed(0)} ms after the path was open again`);
  assert.ok(performance.now() - openMs < 3_500);
});

test("a commit that waits for a lost standby is not acknowledged, and does not pile up connections", async () => {
  await using replica = await startReplica(stores);
  const order = orderOf(newId());
  await sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
  await eventually("the setting", async () => {
    const [row] = await sql("SHOW synchronous_standby_names");
    return row?.["synchronous_standby_names"] === "nobody";
  });
  const waiting = await replica.call("POST", "/orders", order);
  assert.deepEqual([waiting.status, waiting.body["error"]], [503, "database-slow"]);
  await Promise.all(Array.from({ length: 30 }, () => orderThrough(replica)));
  assert.ok((await shopConnections()) <= 8, "more connections than the pool may have");
  await sql("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()");
  const repeat = await eventually("the repeat", async () => {
    const reply = await replica.call("POST", "/orders", order);
    return reply.status === 503 ? false : reply;
  });
  assert.equal(repeat.status, 200, "it had been committed after all");
});

test("an answer with a warning that the standby was not waited for is not an acknowledgement", async () => {
  await using replica = await startReplica(stores);
  await sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
  const answer = orderThrough(replica);
  const cancel = `SELECT pg_cancel_backend(pid) AS done FROM pg_stat_activity
    WHERE application_name = 'jewelry-shop' AND wait_event = 'SyncRep'`;
  await eventually("its wait to be cancelled", async () => (await sql(cancel)).length > 0);
  const reply = await answer;
  assert.deepEqual([reply.status, reply.body["error"]], [503, "not-replicated"]);
});

test("connections to a leader that was demoted are closed", async () => {
  await using replica = await startReplica(stores);
  await ready(replica);
  await Promise.all(Array.from({ length: 8 }, () => orderThrough(replica)));
  await sql("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
  await eventually("the demotion", async () => (await orderThrough(replica)).status === 503);
  await eventually("readiness to report it", async () => awayIn(await replica.call("GET", "/readyz"), "postgres"));
  await sql("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()").catch(() => undefined);
});

test("a write that no Redis replica has is a 503, readiness reports it and keeps the replica, and both recover", async () => {
  await using replica = await startReplica(stores);
  await ready(replica);
  assert.equal((await basketThrough(replica)).status, 200);
  await stores.redisReplica.stop("SIGKILL");
  const short = await eventually("a short WAIT", async () => {
    const reply = await basketThrough(replica);
    return reply.body["error"] === "not-replicated" ? reply : false;
  });
  assert.equal(short.status, 503);
  assert.equal(short.headers["retry-after"], "1");
  await eventually("readiness to say why", async () => {
    return awayIn(await replica.call("GET", "/readyz"), "redis")?.startsWith("0 of 1 replicas");
  });
  await remainsReady(replica);
  assert.equal((await replica.call("GET", "/products/1")).status, 200, "the catalogue does not need Redis");
  assert.equal((await replica.call("GET", "/healthz")).status, 200);
  assert.equal((await orderThrough(replica)).status, 201, "orders do not need Redis");
  await stores.redisReplica.start();
  await ready(replica);
  assert.equal((await basketThrough(replica)).status, 200);
});

test("Redis dies and comes back: baskets continue without a restart of the shop", async (t) => {
  await using replica = await startReplica(stores);
  await ready(replica);
  await stores.redis.stop("SIGKILL");
  const startMs = performance.now();
  assert.equal((await basketThrough(replica)).status, 503);
  assert.ok(performance.now() - startMs < 1_500, "it failed too slowly");
  await stores.redis.start();
  const upMs = performance.now();
  await eventually("the basket", async () => (await replica.call("GET", "/carts/trouble%2Fb")).status === 200);
  t.diagnostic(`reconnected ${(performance.now() - upMs).toFixed(0)} ms after Redis was up`);
  assert.ok(performance.now() - upMs < 500);
  await eventually("a basket that the replica has too", async () => (await basketThrough(replica)).status === 200);
});

test("Redis falls silent: answers stay within bounds, and new connections are used at once", async () => {
  await using gate = await openGate(stores.redis.port);
  await using replica = await startReplica({ ...stores, redisUrl: `redis://127.0.0.1:${gate.port}` });
  await ready(replica);
  gate.shut();
  const startMs = performance.now();
  const replies = await Promise.all(Array.from({ length: 10 }, () => basketThrough(replica)));
  assert.ok(replies.every(({ status }) => status === 503));
  assert.ok(performance.now() - startMs < 2_500, `answers took ${performance.now() - startMs} ms`);
  gate.open();
  await ready(replica);
  assert.equal((await basketThrough(replica)).status, 200);
});

test("while PostgreSQL is away, a replica that was ready stays so for its baskets, and a new one is not ready yet", async () => {
  await using replica = await startReplica(stores);
  await ready(replica);
  await stores.postgres.stop("SIGQUIT");
  await eventually("readiness to report it", async () => awayIn(await replica.call("GET", "/readyz"), "postgres"));
  await remainsReady(replica);
  assert.equal((await basketThrough(replica)).status, 200);
  await using late = await startReplica(stores);
  await eventually("its basket", async () => (await basketThrough(late)).status === 200);
  assert.equal((await late.call("GET", "/readyz")).status, 503);
  await stores.postgres.start();
  await ready(late);
});

test("commits that hang everywhere remove no replica", async () => {
  await using replica = await startReplica(stores);
  await ready(replica);
  await sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
  await eventually("an order to hang", async () => (await orderThrough(replica)).body["error"] === "database-slow");
  const untilMs = performance.now() + TIMES.patienceMs + 1_000;
  while (performance.now() < untilMs) {
    await Promise.all(Array.from({ length: 10 }, () => orderThrough(replica)));
    assert.equal((await replica.call("GET", "/readyz")).status, 200);
  }
});

test("a replica that reaches no store becomes unready, and recovers with them", async () => {
  await using postgres = await openGate(stores.postgres.port);
  await using redis = await openGate(stores.redis.port);
  const databaseUrl = `postgres://postgres@127.0.0.1:${postgres.port}/postgres`;
  await using replica = await startReplica({ databaseUrl, redisUrl: `redis://127.0.0.1:${redis.port}` });
  await ready(replica);
  postgres.shut();
  redis.shut();
  await eventually("it to be not ready", async () => (await replica.call("GET", "/readyz")).status === 503, 100);
  postgres.open();
  redis.open();
  await ready(replica);
});

test("a statement that is cancelled is a 503 that says when to retry, not a bug", async () => {
  await using replica = await startReplica(stores);
  await using lock = await lockedStock();
  const reply = await replica.call("POST", "/orders", { ...orderOf(newId()), lines: [{ product: 50, quantity: 1 }] });
  assert.deepEqual([reply.status, reply.body["error"]], [503, "database-troubled"]);
  assert.equal(reply.headers["retry-after"], "1");
  await lock.release();
  assert.equal((await orderThrough(replica)).status, 201);
});

/** Holds the row of product 50 in another transaction, so that an order of it runs into its statement timeout. */
async function lockedStock(): Promise<AsyncDisposable & { release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: stores.databaseUrl });
  await client.connect();
  await client.query("BEGIN");
  await client.query("SELECT 1 FROM stock WHERE product_id = 50 FOR UPDATE");
  const release = () => client.end();
  return { release, [Symbol.asyncDispose]: release };
}

/** Returns why readiness reports that a store is unavailable; undefined when it does not. */
function awayIn(reply: Reply, store: string): string | undefined {
  return (reply.body["away"] as Record<string, string>)[store];
}

/** Asserts that the replica stays ready for longer than it would tolerate a problem with its own connections. */
async function remainsReady(replica: TestReplica): Promise<void> {
  const endMs = performance.now() + TIMES.patienceMs + 1_000;
  const seen = new Set<number | string>();
  const over = async () => {
    seen.add(await replica.call("GET", "/readyz").then(({ status }) => status, String));
    return performance.now() >= endMs;
  };
  await eventually("its patience to be over", over, 200);
  assert.deepEqual([...seen], [200]);
}
