import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatMetric, matchesMetric, parseMetric } from "./metric.ts";

test("any name and tags read back unchanged", () => {
  const word = fc.string({ minLength: 1 }).filter((text) => text.trim() === text);
  fc.assert(
    fc.property(fc.dictionary(word, word, { noNullPrototype: true }), (tags) => {
      assert.deepEqual(parseMetric(formatMetric("http_req_duration", tags)), { name: "http_req_duration", tags });
    }),
  );
});

test("a wider selector matches a narrower series, never the other way round", () => {
  const wide = { name: "http_req_duration", tags: { name: "GET /x" } };
  const narrow = { name: "http_req_duration", tags: { name: "GET /x", scenario: "sale" } };
  assert.ok(matchesMetric(narrow, wide));
  assert.ok(!matchesMetric(wide, narrow));
});

test("a malformed metric is undefined", () => {
  for (const text of ["", "a{b", "a{b}", "a{b:c}d"]) assert.equal(parseMetric(text), undefined, text);
});

test("answers that are not marked as unexpected were expected, as k6 tags them", () => {
  const passed = { name: "http_req_duration", tags: { name: "GET /x" } };
  const failed = { name: "http_req_duration", tags: { name: "GET /x", expected_response: "false" } };
  const expected = { name: "http_req_duration", tags: { expected_response: "true" } };
  assert.deepEqual([matchesMetric(passed, expected), matchesMetric(failed, expected)], [true, false]);
});
