import assert from "node:assert/strict";
import { test } from "node:test";
import { scenarioProblem } from "./shape.ts";

const run = async () => undefined;
const itself: Record<string, unknown> = {};
itself["name"] = itself;

test("anything that is not a scenario is reported", () => {
  for (const [given, got] of [
    [itself, /^name an object that is no JSON$/],
    [{ name: 10n, run }, /^name 10$/],
    [{ name: "two\nlines", run }, /^name "two\\nlines"$/],
    [{ name: "x", run, tasks: { a: 1 } }, /^both$/],
    [{ name: "x", run, tasks: [] }, /^both$/],
    [{ name: "x" }, /^neither$/],
    [{ name: "x", tasks: { a: run } }, /^\{\}$/],
    [{ name: "x", tasks: [] }, /^\[\]$/],
    [{ name: "x", tasks: [null] }, /^null$/],
    [{ name: "x", tasks: [{ name: "a", run, wieght: 2 }] }, /^"wieght"$/],
    [{ name: "x", tasks: [{ name: "a", run, weight: Number.NaN }] }, /^NaN$/],
    [{ name: "x", run, weight: Number.POSITIVE_INFINITY }, /^Infinity$/],
    [{ name: "x", run, weight: 0 }, /^0$/],
    [{ name: "x", run, tags: "abc" }, /^"abc"$/],
    [{ name: "x", run, tags: { a: 1 } }, /^\{"a":1\}$/],
    [{ name: "x", run, think: null }, /^null$/],
    [{ name: "x", run, think: Number.NaN }, /^NaN$/],
    [{ name: "x", run, think: { uniform: null } }, /uniform/],
    [{ name: "x", run, think: { uniform: [1] } }, /uniform/],
    [{ name: "x", run, think: { uniform: ["1s", "2s"], pacing: "3s" } }, /pacing/],
    [{ name: "x", run, think: 500 }, /^500$/],
    [{ name: "x", run, think: { uniform: [1, 2] } }, /^\{"uniform":\[1,2\]\}$/],
  ] as const)
    assert.match(scenarioProblem(given)?.got ?? "no problem", got);
  assert.equal(
    scenarioProblem({ name: "x", run, tags: { a: "b" }, weight: 0.5, think: { normal: ["5s", "1s"] } }),
    undefined,
  );
});
