import assert from "node:assert/strict";
import { test } from "node:test";
import { below, belowForRun } from "./below.ts";

for (const [endpoint, path, expected] of [
  ["http://h", "/audit/orders", "http://h/audit/orders"],
  ["http://h/", "/audit/orders", "http://h/audit/orders"],
  ["https://h:8443/shop", "/audit/orders?sort=id", "https://h:8443/shop/audit/orders?sort=id"],
  ["https://h/a/b//", "/orders", "https://h/a/b/orders"],
  ["https://h/shop?tenant=7", "/orders?limit=5", "https://h/shop/orders?limit=5&tenant=7"],
] as const) {
  test(`${path} below ${endpoint} is ${expected}`, () => assert.equal(below(endpoint, path).href, expected));
}

test("the run's id is inserted into the path, and no path leaves the endpoint", () => {
  assert.equal(belowForRun("http://h/shop", "/o/{run}?r={run}", "a b/1").href, "http://h/shop/o/a%20b%2F1?r=a%20b%2F1");
  assert.equal(below("http://h/shop", "/../orders").href, "http://h/shop/orders");
});
