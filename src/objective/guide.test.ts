import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { MEASURES } from "./catalogue.ts";
import { objectivesGuide } from "./guide.ts";

test("the guide is up to date with the catalogue (node scripts/docs-objectives.ts)", () => {
  const page = readFileSync(new URL("../../docs/guide/objectives.md", import.meta.url), "utf8");
  assert.equal(page, objectivesGuide(MEASURES));
});
