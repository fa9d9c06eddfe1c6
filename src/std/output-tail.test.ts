import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OutputTail } from "./output-tail.ts";

test("short output is kept whole, and of long output the end, from the start of a line", () => {
  const tail = new OutputTail(8);
  tail.push(Buffer.from("one\n"));
  tail.push(Buffer.from("two\n"));
  assert.deepEqual([tail.text(), tail.isCut], ["one\ntwo\n", false]);
  tail.push(Buffer.from("3\n"));
  assert.deepEqual([tail.text(), tail.isCut], ["two\n3\n", true]);
});

test("the tail is the end of the output, whatever pieces it comes in", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary-ascii" })), fc.integer({ min: 1, max: 40 }), (pieces, bytesMax) => {
      const tail = new OutputTail(bytesMax);
      for (const piece of pieces) tail.push(Buffer.from(piece));
      const all = pieces.join("");
      assert.ok(all.endsWith(tail.text()) && tail.text().length <= bytesMax);
      assert.equal(tail.isCut, all.length > bytesMax);
      if (!tail.isCut) assert.equal(tail.text(), all);
    }),
  );
});
