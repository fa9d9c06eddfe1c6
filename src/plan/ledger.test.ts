import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import type { Plan } from "../plan.ts";
import { GamedayError } from "../std/errors.ts";
import { parsePlan } from "./parse.ts";

/** Parses a plan with these lines about its ledgers. */
function parse(lines: string): Plan {
  const text = `name: p\nplatform: { kind: fake }\nload: { scenarios: [{ file: a.ts }], vus: 1 }\n${lines}\n`;
  const options = { file: "p.yaml", environment: { TOKEN: "s3cret" }, platforms: { fake: z.looseObject({}) } };
  return parsePlan(text, options).plan;
}

const claim = (ledger: string, more = "") =>
  `claims: [{ object: orders, checkers: [acked-set], ledger: ${ledger}${more} }]`;
const sourceOf = (ledger: string) => parse(claim(ledger)).claims[0]?.source;

function refusal(lines: string): string {
  try {
    parse(lines);
  } catch (thrown) {
    if (thrown instanceof GamedayError) return thrown.describe();
    throw thrown;
  }
  return "taken";
}

test("omitted keys have defaults, and nothing else is in the resolved form", () => {
  const { ledger, cleanUp } = parse("cleanUp: { http: POST /clean-up }");
  assert.deepEqual(ledger, { quietMs: 3_000, betweenReadsMs: 3_000, timeoutMs: 120_000, withinMs: 600_000 });
  const called = { kind: "http", method: "POST", path: "/clean-up" };
  assert.deepEqual(cleanUp, { ...called, timeoutMs: 120_000, withinMs: 300_000 });
  assert.deepEqual(sourceOf("{ http: /audit }"), { kind: "http", path: "/audit" });
  assert.deepEqual(sourceOf("{ sql: select 1 }"), { kind: "sql", statement: "select 1" });
});

test("deadlines and headers come from the plan, including secrets in them", () => {
  const { ledger, cleanUp } = parse(`
ledger: { timeout: 5m, within: 1h, headers: { Authorization: "Bearer \${env:TOKEN}" } }
cleanUp: { http: DELETE /mine, timeout: 10s, within: 1m, headers: { x-api-key: k } }`);
  assert.deepEqual([ledger.timeoutMs, ledger.withinMs], [300_000, 3_600_000]);
  assert.deepEqual(ledger.headers, { Authorization: "Bearer s3cret" });
  assert.deepEqual([cleanUp?.timeoutMs, cleanUp?.withinMs, cleanUp?.headers], [10_000, 60_000, { "x-api-key": "k" }]);
});

test("a mapping of an item's fields, a page size and a cursor are accepted", () => {
  const source = sourceOf(
    "{ http: /orders, items: '$.orders[*]', next: $.next, total: $.count, id: number, row: $.pk, pageSize: 50, cursor: after }",
  );
  assert.deepEqual(source, {
    kind: "http",
    path: "/orders",
    pageSize: 50,
    cursor: "after",
    mapping: { items: "$.orders[*]", next: "$.next", total: "$.count" },
    fields: { id: "number", row: "$.pk" },
  });
  assert.deepEqual(sourceOf("{ sql: select * from orders, id: order no }"), {
    kind: "sql",
    statement: "select * from orders",
    fields: { id: "order no" },
  });
});

test("a statement may be longer than a name", () => {
  const statement = `select id, count(*) from orders where note <> '${"x".repeat(5_000)}' group by id`;
  assert.equal(JSON.stringify(sourceOf(`{ sql: "${statement}" }`)).includes("x".repeat(5_000)), true);
});

test("a claim may declare that its objects expire", () => {
  assert.equal(parse(claim("{ http: /a }", ", expires: 15m")).claims[0]?.expiresMs, 900_000);
});

for (const [lines, expected] of [
  [claim("{ http: /a, next: $.next }"), /a mapping with "items"/],
  [claim("{ http: /a, items: '$..id' }"), /a path such as/],
  [claim("{ http: /a, items: '$.o[*]', next: '$.o[*]' }"), /a path to one thing/],
  [claim("{ http: //other/a }"), /a path of the app/],
  [claim('{ http: /a, headers: { "x y": z } }'), /claims\.0\.ledger/],
  ['ledger: { headers: { x: "a\\nb" } }', /on one line/],
  ["ledger: { timeout: soon }", /a duration/],
] as const) {
  test(`refused: ${lines}`, () => assert.match(refusal(lines), expected));
}
