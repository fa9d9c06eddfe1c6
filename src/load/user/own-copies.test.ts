import assert from "node:assert/strict";
import { test } from "node:test";
import { ownCopies } from "./own-copies.ts";

test("what one does to its copy is seen by no other", () => {
  const given = { basket: ["a", "b"] };
  const own = ownCopies(given);
  const one = own() as typeof given;
  one.basket.pop();
  assert.deepEqual([own(), given], [{ basket: ["a", "b"] }, { basket: ["a", "b"] }]);
  assert.equal(ownCopies(null)(), null);
});

test("what is too big to be copied for each user cannot be changed by any", () => {
  const own = ownCopies({ tokens: Array.from({ length: 20_000 }, (_, index) => `token ${index}`) });
  const one = own() as { tokens: string[] };
  assert.equal(one, own());
  assert.throws(() => one.tokens.pop(), TypeError);
});
