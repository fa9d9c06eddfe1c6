import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { HttpLedger, LedgerPlan } from "../plan.ts";
import type { Json } from "../std/json.ts";
import { readHttp } from "./ledger-http.ts";
import { simulatedPlan, simulatedRun } from "./run.fixture.ts";

interface Asked {
  readonly ledger?: Partial<HttpLedger>;
  readonly plan?: Partial<LedgerPlan>;
  /** The path of the endpoint. */
  readonly base?: string;
}

type Answer = (url: URL, request: IncomingMessage) => Json | string;

/** Returns the items of all pages, or the reason why there are none, and the requests in order. */
async function read(context: TestContext, answer: Answer, { ledger, plan, base = "" }: Asked = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const body = answer(new URL(request.url ?? "/", "http://app"), request);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { run, platform } = simulatedRun(
    context,
    simulatedPlan({ ledger: { quietMs: 0, betweenReadsMs: 0, ...plan } }),
  );
  platform.baseUrl = `http://127.0.0.1:${port}${base}`;
  const source: HttpLedger = { kind: "http", path: "/audit", ...ledger };
  const found: Json[] = [];
  let because = "";
  try {
    for await (const page of readHttp({ run, ledger: source, signal: new AbortController().signal }))
      found.push(...page.found.map((item) => ({ ...item }) as Json));
  } catch (thrown) {
    because = (thrown as Error).message;
  }
  return { found, because, asked };
}

const whole = (items: Json[], next: Json = null): Json => ({ items, complete: true, next });

test("ids may be numbers, and counts may be text", async (context) => {
  const { found } = await read(context, () =>
    whole([
      { id: 42, count: "2" },
      { id: "b", row: 7 },
    ]),
  );
  assert.deepEqual(found, [
    { id: "42", count: 2 },
    { id: "b", count: 1, row: "7" },
  ]);
});

test("ids with more digits than a double holds are taken as they were written, not rounded", async (context) => {
  const { found } = await read(
    context,
    () => '\uFEFF{"items":[{"id":9007199254740993},{"id":9007199254740992}],"complete":true}',
  );
  assert.deepEqual(found, [
    { id: "9007199254740993", count: 1 },
    { id: "9007199254740992", count: 1 },
  ]);
});

for (const id of [null, "", true, { a: 1 }, ["x"], 1e300]) {
  test(`an id that is ${JSON.stringify(id)} is refused with a message that names the reason`, async (context) => {
    const { because } = await read(context, () => whole([{ id }]));
    assert.match(because, /neither text nor a number/);
    assert.ok(because.includes(JSON.stringify(id)), because);
  });
}

for (const end of [null, "", " ", false, undefined]) {
  test(`next: ${JSON.stringify(end)} is the last page`, async (context) => {
    const { asked, because } = await read(context, () => ({
      items: [],
      complete: true,
      ...(end !== undefined && { next: end }),
    }));
    assert.deepEqual([asked.length, because], [1, ""]);
  });
}

test("a cursor that is repeated, at once or later, ends the read with a reason", async (context) => {
  const again = await read(context, () => whole([{ id: "a" }], "x"));
  assert.match(again.because, /repeats the cursor "x" on page 2/);
  const circle = await read(context, (url) =>
    whole([], { "": "1", "1": "2", "2": "3", "3": "1" }[url.searchParams.get("cursor") ?? ""] ?? null),
  );
  assert.match(circle.because, /repeats the cursor "1" on page 4/);
  assert.match((await read(context, () => whole([], { page: 2 }))).because, /not a cursor/);
});

test("APIs that always name a next page end with an empty page of the same cursor, or with their total", async (context) => {
  const always: Answer = (url) => {
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const items = [1, 2, 3].slice(from, from + 2).map((id) => ({ id }));
    return { ...(whole(items, Math.min(from + 2, 3)) as object), total: 3 } as Json;
  };
  const empty = await read(context, always);
  assert.deepEqual([empty.found.length, empty.because, empty.asked.length], [3, "", 3]);
  const mapping = { items: "$.items[*]", next: "$.next", total: "$.total" };
  const total = await read(context, always, { ledger: { mapping } });
  assert.deepEqual([total.found.length, total.because, total.asked.length], [3, "", 2]);
});

test("headers, page size and deadline are taken from the plan, and every request stays below the endpoint's path", async (context) => {
  const seen: (string | undefined)[] = [];
  const { asked, because } = await read(
    context,
    (_, { headers }) => {
      seen.push(headers.authorization, headers["x-tenant"] as string, headers["x-gameday-run"] as string);
      return whole([]);
    },
    {
      base: "/shop/",
      ledger: { path: "/audit/{run}?sort=id", pageSize: 500, headers: { "x-tenant": "t1" } },
      plan: { headers: { authorization: "Bearer s3", "x-tenant": "t0" } },
    },
  );
  assert.equal(because, "");
  assert.deepEqual(asked, ["/shop/audit/simulated-1?sort=id&run=simulated-1&limit=500"]);
  assert.deepEqual(seen, ["Bearer s3", "t1", "simulated-1"]);
});

test("a page that takes longer than the plan allows is cancelled", async (context) => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.closeAllConnections());
  context.after(() => server.close());
  const ledger = { quietMs: 0, betweenReadsMs: 0, timeoutMs: 20 };
  const { run, platform } = simulatedRun(context, simulatedPlan({ ledger }));
  platform.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pages = readHttp({ run, ledger: { kind: "http", path: "/audit" }, signal: new AbortController().signal });
  await assert.rejects(pages.next(), /\/audit to answer within 0\.0 s/);
});

test("an API of another design is read by a mapping, and receives no parameter that it does not know", async (context) => {
  const orders = Array.from({ length: 5 }, (_, at) => ({ number: at + 1, client: { key: `k${at}` }, copies: 1 }));
  const answer: Answer = (url) => {
    const page = Number(url.searchParams.get("page") ?? 1);
    const next = page < 3 ? `http://inside:8000/api/orders/?page=${page + 1}` : null;
    return { count: 5, next, orders: orders.slice((page - 1) * 2, page * 2) };
  };
  const mapping = { items: "$.orders[*]", next: "$.next", total: "$.count" };
  const ledger = { path: "/orders/", mapping, fields: { id: "client.key", count: "copies", row: "number" } };
  const { found, asked, because } = await read(context, answer, { base: "/shop/api", ledger });
  assert.equal(because, "");
  assert.deepEqual(asked, ["/shop/api/orders/", "/shop/api/orders/?page=2", "/shop/api/orders/?page=3"]);
  assert.deepEqual(found[4], { id: "k4", count: 1, row: "5", page: 3 });
});

test("a mapped ledger may be a list alone, with plain ids, cursors by name, other people's rows, or `more`", async (context) => {
  const list = await read(context, () => [7, 8], { ledger: { mapping: { items: "$[*]" } } });
  assert.deepEqual(list.found, [
    { id: "7", count: 1 },
    { id: "8", count: 1 },
  ]);
  const answer: Answer = (url) => ({
    data: [{ ref: url.searchParams.get("after") ?? "first" }, { ref: null }],
    page: { end: "e1", more: url.searchParams.get("after") === null },
  });
  const mapping = { items: "data", next: "page.end", more: "page.more" };
  const paged = await read(context, answer, { ledger: { mapping, cursor: "after", fields: { id: "ref" } } });
  assert.deepEqual(paged.found, [
    { id: "first", count: 1, page: 1 },
    { id: "e1", count: 1, page: 2 },
  ]);
});

test("a mapped ledger that contradicts the plan is refused: no list, a missing total, another host", async (context) => {
  const because = async (body: Json, mapping: HttpLedger["mapping"]) =>
    (await read(context, () => body, { ledger: { ...(mapping && { mapping }) } })).because;
  assert.match(await because({ error: "no" }, { items: "$.orders[*]" }), /without a list at \$\.orders\[\*\]/);
  assert.match(await because({ o: [{ id: 1 }], n: "3" }, { items: "o", total: "n" }), /have 1 items, .*total is "3"/);
  assert.match(
    await because({ o: [], next: "http://elsewhere/x?p=2" }, { items: "o", next: "next" }),
    /outside the endpoint/,
  );
});
