import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest, suggestion } from "./suggest.ts";

test("a word with one typing error is suggested, and an unrelated word is not", () => {
  assert.equal(nearest("experimants", ["experiments", "name"]), "experiments");
  assert.equal(nearest("hodl", ["hold", "name"]), "hold");
  assert.equal(nearest("zebra", ["hold", "name"]), undefined);
  assert.equal(suggestion("zebra", ["hold", "name"]), "known: hold, name");
});
