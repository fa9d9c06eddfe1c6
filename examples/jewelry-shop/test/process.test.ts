/** A replica as a process of its own: how it starts and ends, and what it prints when it cannot start. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { until } from "../../../src/std/wait.ts";
import { freePort, startStores, type TestStores } from "./stores.ts";

const MAIN = fileURLToPath(new URL("../app/main.ts", import.meta.url));
const PREPARE = fileURLToPath(new URL("../app/prepare.ts", import.meta.url));

let stores: TestStores;

before(async () => {
  stores = await startStores();
});

after(async () => {
  await stores?.[Symbol.asyncDispose]();
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function start(file: string, environment: Record<string, string>): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [file], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += String(chunk)));
  return { child, ended: new Promise((resolve) => child.once("close", (code) => resolve({ code, output }))) };
}

test("prepare sets the shop up and exits 0, and without a database it reports what it needs", async () => {
  const furnished = await start(PREPARE, { DATABASE_URL: stores.databaseUrl }).ended;
  assert.equal(furnished.code, 0, furnished.output);
  const nothing = await start(PREPARE, {}).ended;
  assert.equal(nothing.code, 1);
  assert.match(nothing.output, /expected DATABASE_URL in the environment/);
});

test("a missing setting is one clear line and exit 1", async () => {
  const ended = await start(MAIN, { PORT: "0", DATABASE_URL: stores.databaseUrl }).ended;
  assert.equal(ended.code, 1);
  assert.equal(ended.output.trim().split("\n").length, 1);
  assert.match(ended.output, /expected REDIS_URL in the environment \(for example redis:/);
});

test("after SIGTERM the shop is not ready at once, completes its answers, and exits 0", async () => {
  const port = await freePort();
  const { databaseUrl, redisUrl } = stores;
  const { child, ended } = start(MAIN, { PORT: String(port), DATABASE_URL: databaseUrl, REDIS_URL: redisUrl });
  const url = `http://127.0.0.1:${port}`;
  const signal = AbortSignal.timeout(20_000);
  const isReady = async () => (await fetch(`${url}/readyz`, { signal })).status === 200;
  await until(isReady, { what: "the shop to be ready", deadlineMs: 8_000, signal });
  const locker = new pg.Client({ connectionString: databaseUrl });
  await locker.connect();
  await locker.query("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
  const order = { id: "drain/w0/u0/1", customer: 1, lines: [{ product: 1, quantity: 1 }] };
  const underWay = fetch(`${url}/orders`, { method: "POST", body: JSON.stringify(order), signal });
  const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  const isWaiting = async () => (await locker.query(waiting)).rowCount === 1;
  await until(isWaiting, { what: "the order to wait", deadlineMs: 900, everyMs: 10, signal });
  child.kill("SIGTERM");
  const draining = async () => (await fetch(`${url}/readyz`, { signal })).status === 503;
  await until(draining, { what: "the shop to be not ready", deadlineMs: 500, everyMs: 10, signal });
  await locker.query("COMMIT");
  await locker.end();
  assert.equal((await underWay).status, 201);
  const { code, output } = await ended;
  assert.equal(code, 0, output);
  await assert.rejects(fetch(url, { signal }), "the port is closed");
});
