/** The guide names every existing checker and every model. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CHECKERS } from "../src/checker/catalogue.ts";
import { MODELS } from "../src/checker/linearizable/models.ts";

test("docs/guide/checkers.md has a row for each checker and each model", () => {
  const guide = readFileSync("docs/guide/checkers.md", "utf8");
  const rows = new Set([...guide.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name));
  assert.deepEqual(
    [...CHECKERS, ...MODELS].map(({ name }) => name).filter((name) => !rows.has(name)),
    [],
  );
});
