/** The generated schemas and pages of the reference are those of the code. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { jsonSchemas } from "../scripts/reference/json-schemas.ts";

test("the committed schemas are those of the code", () => {
  for (const [name, text] of jsonSchemas())
    assert.equal(
      readFileSync(`schema/${name}`, "utf8"),
      text,
      `schema/${name} is stale; run \`node scripts/schema.ts\``,
    );
});
