/** The shop with a real PostgreSQL and Redis: what it promises while nothing fails. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../../../src/std/wait.ts";
import { prepare } from "../app/prepare.ts";
import { startReplica, type TestReplica } from "./replica.ts";
import { startStores, type TestStores } from "./stores.ts";

let stores: TestStores;
let replica: TestReplica;
let sequence = 0;

before(async () => {
  stores = await startStores();
  await prepare(stores.databaseUrl);
  replica = await startReplica(stores);
  await until(async () => (await replica.call("GET", "/readyz")).status === 200, {
    what: "the shop to be ready",
    deadlineMs: 5_000,
    signal: AbortSignal.timeout(10_000),
  });
});

after(async () => {
  await replica?.[Symbol.asyncDispose]();
  await stores?.[Symbol.asyncDispose]();
});

const newId = (run = "r1") => `${run}/w0/u0/${sequence++}`;
const order = (id: string, product = 20, quantity = 1, more: object = {}) => ({
  id,
  customer: 7,
  lines: [{ product, quantity }],
  ...more,
});

async function inStock(product: number): Promise<number> {
  return Number((await replica.call("GET", `/products/${product}`)).body["inStock"]);
}

async function logIn(name: string): Promise<string> {
  const reply = await replica.call("POST", "/login", { id: newId(), name });
  assert.equal(reply.status, 201);
  return String(reply.headers["set-cookie"]).split(";")[0] ?? "";
}

test("preparing twice changes nothing", async () => {
  await prepare(stores.databaseUrl);
  assert.equal((await replica.call("GET", "/products/20")).status, 200);
});

test("an order takes its stock once, and a repeat of its id returns the same row", async () => {
  const stock = await inStock(20);
  const id = newId();
  const first = await replica.call("POST", "/orders", order(id));
  const second = await replica.call("POST", "/orders", order(id));
  assert.deepEqual([first.status, second.status], [201, 200]);
  assert.deepEqual(second.body, first.body);
  assert.equal(await inStock(20), stock - 1);
});

test("many simultaneous requests with the same id make one order", async () => {
  const stock = await inStock(21);
  const id = newId();
  const replies = await Promise.all(Array.from({ length: 12 }, () => replica.call("POST", "/orders", order(id, 21))));
  assert.deepEqual(replies.map(({ status }) => status).sort(), [...Array<number>(11).fill(200), 201]);
  assert.equal(await inStock(21), stock - 1);
});

test("the same id with another content is refused", async () => {
  const id = newId();
  await replica.call("POST", "/orders", order(id, 20, 1));
  const other = await replica.call("POST", "/orders", order(id, 20, 2));
  assert.deepEqual([other.status, other.body["error"]], [409, "id-reused"]);
});

test("an order that exceeds the stock, or names a missing product, leaves no trace", async () => {
  const till = "r1/till/none";
  const stock = await inStock(20);
  const tooMany = Array.from({ length: 101 }, () => ({ product: 20, quantity: 100 }));
  assert.equal((await replica.call("POST", "/orders", { ...order(newId()), lines: tooMany })).status, 422);
  const [a, b, c] = [newId(), newId(), newId()];
  assert.equal((await replica.call("POST", "/orders", order(a, 9_999, 1, { till }))).status, 422);
  assert.equal((await replica.call("POST", "/orders", { ...order(b, 20, 1, { till }), customer: 99_999 })).status, 422);
  const twice = [
    { product: 20, quantity: 1 },
    { product: 20, quantity: 1 },
  ];
  assert.equal((await replica.call("POST", "/orders", { ...order(c, 20, 1, { till }), lines: twice })).status, 422);
  for (const id of [a, b, c])
    assert.equal((await replica.call("GET", `/orders/${encodeURIComponent(id)}`)).status, 404);
  assert.equal(await inStock(20), stock);
  const tills = (await replica.call("GET", "/audit/tills?run=r1")).body["items"] as { id: string }[];
  assert.ok(tills.every(({ id }) => id !== till));
});

test("a delivery counts once", async () => {
  const admin = await logIn("admin-1");
  const delivery = { id: newId(), product: 30, quantity: 5 };
  const stock = await inStock(30);
  assert.equal((await replica.call("POST", "/stock", delivery, admin)).status, 201);
  assert.equal((await replica.call("POST", "/stock", delivery, admin)).status, 200);
  assert.equal(await inStock(30), stock + 5);
});

test("a till counts every sale of many simultaneous ones", async () => {
  const till = "r2/till/1";
  const sales = Array.from({ length: 40 }, () => order(newId("r2"), 22, 1, { till }));
  const replies = await Promise.all(sales.map((sale) => replica.call("POST", "/orders", sale)));
  assert.ok(replies.every(({ status }) => status === 201));
  const { body } = await replica.call("GET", "/audit/tills?run=r2");
  assert.deepEqual(body["items"], [{ id: till, count: 1, value: 40 }]);
  assert.equal(body["complete"], true);
});

test("the audit lists a run's orders by pages, and no other's", async () => {
  const ids = Array.from({ length: 30 }, () => newId("r3"));
  await Promise.all(ids.map((id) => replica.call("POST", "/orders", order(id, 23))));
  await replica.call("POST", "/orders", order(newId("r3x"), 23));
  const { body } = await replica.call("GET", "/audit/orders?run=r3");
  const items = body["items"] as { id: string; count: number }[];
  assert.deepEqual(items.map(({ id }) => id).sort(), ids.sort());
  assert.ok(items.every(({ count }) => count === 1));
  assert.equal(body["next"], null);
  const later = await replica.call("GET", `/audit/orders?run=r3&cursor=${encodeURIComponent(items[9]?.id ?? "")}`);
  assert.equal((later.body["items"] as unknown[]).length, 20);
  assert.match(String(body["source"]), /^postgres 127\.0\.0\.1:\d+ \(leader\)$/);
});

test("the books of the stock are balanced", async () => {
  const { body } = await replica.call("GET", "/audit/books");
  type Books = { value: { initial: number; sold: number; restocked: number; current: number } };
  const items = body["items"] as Books[];
  assert.equal(items.length, 200);
  for (const { value } of items) assert.equal(value.current, value.initial - value.sold + value.restocked);
  assert.ok(items.some(({ value }) => value.sold > 0) && items.some(({ value }) => value.restocked > 0));
});

test("sessions and baskets are in Redis with value and lifetime", async () => {
  const [login, item] = [newId("r4"), newId("r4")];
  await replica.call("POST", "/login", { id: login, name: "employee-3" });
  const path = `/carts/${encodeURIComponent("r4/basket/1")}/items/${encodeURIComponent(item)}`;
  assert.equal((await replica.call("PUT", path, { product: 9, quantity: 2 })).status, 200);
  assert.equal((await replica.call("PUT", path, { product: 9, quantity: 2 })).status, 200);
  const sessions = await replica.call("GET", "/audit/sessions?run=r4");
  assert.deepEqual(sessions.body["items"], [{ id: login, count: 1, value: { name: "employee-3" } }]);
  const carts = await replica.call("GET", "/audit/carts?run=r4");
  assert.deepEqual(carts.body["items"], [{ id: item, count: 1, value: { product: 9, quantity: 2 } }]);
  assert.deepEqual([carts.body["complete"], carts.body["source"]], [true, "redis master, 1 replicas"]);
});

test("a user who is not logged in, or not an admin, is refused with the reason", async () => {
  assert.equal((await replica.call("GET", "/customers?prefix=a")).status, 401);
  assert.equal((await replica.call("GET", "/customers?prefix=a", undefined, "session=x/y.forged")).status, 401);
  const employee = await logIn("employee-5");
  assert.equal((await replica.call("GET", "/customers?prefix=a", undefined, employee)).status, 200);
  assert.equal((await replica.call("GET", "/reports/sales", undefined, employee)).status, 403);
  assert.equal((await replica.call("POST", "/login", { id: newId(), name: "nobody" })).status, 403);
});

test("a session ends with its logout", async () => {
  const cookie = await logIn("employee-6");
  assert.equal((await replica.call("GET", "/me", undefined, cookie)).body["name"], "employee-6");
  assert.equal((await replica.call("POST", "/logout", {}, cookie)).status, 200);
  assert.equal((await replica.call("GET", "/me", undefined, cookie)).status, 401);
});

test("staff find customers, take in repairs and read them back", async () => {
  const cookie = await logIn("employee-7");
  const found = await replica.call("GET", "/customers?prefix=ADA", undefined, cookie);
  const names = (found.body["customers"] as { name: string }[]).map(({ name }) => name);
  assert.ok(names.length > 0 && names.every((name) => name.startsWith("Ada")));
  const repair = { id: newId(), customer: 7, item: "a clasp" };
  assert.equal((await replica.call("POST", "/repairs", repair, cookie)).status, 201);
  assert.equal((await replica.call("POST", "/repairs", repair, cookie)).status, 200);
  const read = await replica.call("GET", `/repairs/${encodeURIComponent(repair.id)}`, undefined, cookie);
  assert.deepEqual(read.body, { ...repair, state: "taken-in" });
  const customer = await replica.call("GET", "/customers/7", undefined, cookie);
  assert.equal(customer.body["repairs"], 1);
});

test("a late repeat of an old price does not undo a newer one", async () => {
  const admin = await logIn("admin-2");
  const old = { id: newId(), priceCents: 1_000 };
  assert.equal((await replica.call("PUT", "/products/40/price", old, admin)).status, 201);
  assert.equal(
    (await replica.call("PUT", "/products/40/price", { id: newId(), priceCents: 2_000 }, admin)).status,
    201,
  );
  assert.equal((await replica.call("PUT", "/products/40/price", old, admin)).status, 200);
  assert.equal((await replica.call("GET", "/products/40")).body["priceCents"], 2_000);
  const { body } = await replica.call("GET", "/audit/prices?run=r1");
  assert.deepEqual(body["items"], [{ id: "product/40", count: 1, value: 2_000 }]);
});

test("reports are computed from what is stored", async () => {
  const admin = await logIn("admin-3");
  const sales = await replica.call("GET", "/reports/sales", undefined, admin);
  assert.ok(Number(sales.body["orders"]) > 0 && Number(sales.body["totalCents"]) > 0);
  const low = await replica.call("GET", "/reports/low-stock", undefined, admin);
  assert.equal((low.body["products"] as unknown[]).length, 20);
});

test("bad requests are answered with what was expected", async () => {
  const noList = await replica.call("POST", "/orders", { id: "a", customer: 1, lines: [] });
  assert.equal(noList.status, 422);
  assert.match(String(noList.body["message"]), /expected "lines" to be a list of 1 to 10 items, got \[\]/);
  assert.equal((await replica.call("GET", "/products/none")).status, 422);
  assert.equal((await replica.call("GET", "/nowhere")).status, 404);
  assert.equal((await replica.call("GET", "/audit/orders")).status, 400);
});

test("clean-up removes one run's rows, returns the stock, and may be repeated", async () => {
  const before = await stockBooks();
  const run = "r9";
  const admin = await logIn("admin-4");
  const sales = Array.from({ length: 25 }, () => order(newId(run), 24, 2, { till: `${run}/till/1` }));
  await Promise.all(sales.map((sale) => replica.call("POST", "/orders", sale)));
  await replica.call("POST", "/stock", { id: newId(run), product: 24, quantity: 3 }, admin);
  await replica.call("PUT", `/carts/${run}%2Fb/items/1`, { product: 1, quantity: 1 });
  assert.notDeepEqual(await stockBooks(), before);
  const { body } = await replica.call("GET", `/audit/stock?run=${run}`);
  const pieces = new Map((body["items"] as { id: string; value: number }[]).map(({ id, value }) => [id, value]));
  assert.deepEqual([pieces.size, pieces.get("product/24"), pieces.get("product/23")], [192, 999_953, 1_000_000]);
  for (let round = 0; round < 2; round++) {
    const reply = await replica.call("POST", `/audit/clean-up?run=${run}`);
    assert.deepEqual([reply.status, reply.body], [200, { remaining: 0 }]);
  }
  assert.deepEqual(await stockBooks(), before);
  for (const book of ["orders", "tills", "deliveries", "carts"]) {
    assert.deepEqual((await replica.call("GET", `/audit/${book}?run=${run}`)).body["items"], []);
  }
  assert.notDeepEqual((await replica.call("GET", "/audit/orders?run=r3")).body["items"], []);
});

async function stockBooks(): Promise<unknown> {
  return (await replica.call("GET", "/audit/books")).body["items"];
}

test("nothing above was a bug of the shop", () => {
  assert.deepEqual(replica.errors, []);
});
