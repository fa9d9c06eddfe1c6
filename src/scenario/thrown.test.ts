import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf, thrownText } from "./thrown.ts";

function withStack(stack: unknown): Error {
  return Object.assign(new Error("x"), { stack });
}

test("every thrown value has a text", () => {
  const circular = new Error("round");
  circular.cause = circular;
  const proxy = new Proxy(
    {},
    {
      get() {
        throw new Error("no");
      },
      has: () => true,
    },
  );
  for (const [thrown, text] of [
    ["text", "text"],
    [null, "null"],
    [undefined, "undefined"],
    ["", "an empty text"],
    [{ code: 5 }, '{"code":5}'],
    [{ message: "of a library" }, "of a library"],
    [Symbol("s"), "Symbol(s)"],
    [Object.create(null), "{}"],
    [proxy, "a value that cannot be printed"],
    [new TypeError(""), "TypeError without a message"],
    [circular, "round"],
    [new AggregateError([new Error("one"), "two"], ""), "one; two"],
    [new Error("fetch failed", { cause: new Error("refused") }), "fetch failed: refused"],
    [new Error("\u001b[31mred\r\nline"), "[31mred line"],
  ] as const) {
    assert.equal(thrownText(thrown), text);
  }
  assert.ok(thrownText(new Error("long ".repeat(1_000))).length < 600);
});

test("the place is in a file of the user, whatever its name, and never in one of Node's", () => {
  for (const [stack, place] of [
    [
      "Error: x\n    at f (file:///a/with%20space/pa(ren).ts:3:5)",
      { file: "/a/with space/pa(ren).ts", line: 3, column: 5 },
    ],
    ["Error: x\n    at async /a/co:lon.js:3:5", { file: "/a/co:lon.js", line: 3, column: 5 }],
    ["Error: x\n    at file:///a/b.ts:7:1", { file: "/a/b.ts", line: 7, column: 1 }],
    ["Error: x\n    at new P (/a/b.cjs:7:1)", { file: "/a/b.cjs", line: 7, column: 1 }],
    ["file:///a/b.ts:2\n  let x\n      ^\n\nSyntaxError: x", { file: "/a/b.ts", line: 2, column: 7 }],
    ["Error: x\n    at f (node:internal/modules/esm/utils:319:16)", undefined],
    ["Error: x\n    at f (/a/node_modules/p/i.js:1:1)\n    at /a/b.ts:1:2", { file: "/a/b.ts", line: 1, column: 2 }],
    ["Error: see /a/b.ts:1:2", undefined],
    [42, undefined],
    [undefined, undefined],
  ] as const)
    assert.deepEqual(placeOf(withStack(stack)), place);
  assert.equal(placeOf("text"), undefined);
});
