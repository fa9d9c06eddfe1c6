import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { FAULTS } from "./catalogue.ts";
import { faultsGuide } from "./guide.ts";

test("docs/guide/faults.md is up to date with the catalogue", async () => {
  const page = await readFile(new URL("../../docs/guide/faults.md", import.meta.url), "utf8");
  assert.equal(page, faultsGuide(FAULTS), "run `node scripts/docs-faults.ts`");
});
