import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatMetric } from "./metric.ts";
import { parseWrittenMetric } from "./metric-written.ts";

/** Returns the tags that the text most likely means, followed by those that it may mean otherwise. */
function tagsOf(list: string): Record<string, string>[] {
  return parseWrittenMetric(`http_req_duration{${list}}`).map(({ tags }) => ({ ...tags }));
}

test("values need no quotes and are written as people name their requests", () => {
  for (const [list, tags] of [
    ["name:GET /items/{id}", { name: "GET /items/{id}" }],
    ["name:GET /items/{id},status:200", { name: "GET /items/{id}", status: "200" }],
    ["name:/a/{b,c:d}/e, scenario : sale ", { name: "/a/{b,c:d}/e", scenario: "sale" }],
    ["name:a, b and c", { name: "a, b and c" }],
    ['name:say "hi", bye', { name: 'say "hi", bye' }],
    ["url:http://127.0.0.1:8080/x?y=1,method:GET", { url: "http://127.0.0.1:8080/x?y=1", method: "GET" }],
    ["group:one::two,name:x", { group: "one::two", name: "x" }],
    ["name:}{", { name: "}{" }],
    ["name:", { name: "" }],
    ["", {}],
  ] as const)
    assert.deepEqual(tagsOf(list), [tags], list);
});

test("quotes and percent-encoding may be syntax, or a part of the value", () => {
  assert.deepEqual(tagsOf(`name:"a, b:c",scenario:'it\\'s'`), [
    { name: "a, b:c", scenario: "it's" },
    { name: '"a, b:c"', scenario: "'it\\'s'" },
  ]);
  assert.deepEqual(tagsOf("name:GET /a%2Cb"), [{ name: "GET /a,b" }, { name: "GET /a%2Cb" }]);
});

test("what a worker wrote reads back, and any value can be selected in quotes", () => {
  const value = fc.string().map((text) => text.replaceAll("\n", " ").trim());
  fc.assert(
    fc.property(value, value, (name, scenario) => {
      const tags = { name, scenario };
      const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
      assert.deepEqual(tagsOf(`name:${quoted(name)},scenario:${quoted(scenario)}`)[0], tags);
      const written = formatMetric("m", { name });
      if (!/["']/.test(name))
        assert.ok(
          parseWrittenMetric(written).some((one) => one.tags["name"] === name),
          written,
        );
    }),
  );
});

test("a malformed metric is undefined", () => {
  for (const text of ["", "a b", "a{b", "a{b}", "a{:c}", "{a:b}"]) assert.deepEqual(parseWrittenMetric(text), [], text);
});
