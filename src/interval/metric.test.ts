import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatMetric, matchesMetric, parseMetric } from "./metric.ts";

test("any name and tags read back", () => {
  const word = fc.string({ minLength: 1 }).filter((text) => text.trim() === text);
  fc.assert(
    fc.property(fc.dictionary(word, word, { noNullPrototype: true }), (tags) => {
      assert.deepEqual(parseMetric(formatMetric("http_req_duration", tags)), { name: "http_req_duration", tags });
    }),
  );
});

test("a wider question matches a narrower series, never the other way round", () => {
  const wide = { name: "http_req_duration", tags: { name: "GET /x" } };
  const narrow = { name: "http_req_duration", tags: { name: "GET /x", scenario: "sale" } };
  assert.ok(matchesMetric(narrow, wide));
  assert.ok(!matchesMetric(wide, narrow));
});

test("what is not a metric is undefined", () => {
  for (const text of ["", "a{b", "a{b}", "a{b:c}d"]) assert.equal(parseMetric(text), undefined, text);
});
