/** The generated schemas and pages of the reference are those of the code. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import type { JsonSchema } from "../scripts/reference/json-schema.ts";
import { jsonSchemas } from "../scripts/reference/json-schemas.ts";
import { referencePages } from "../scripts/reference/pages.ts";
import { planJsonSchema } from "../scripts/reference/plan-schema.ts";

test("the committed schemas are up to date with the code", () => {
  for (const [name, text] of jsonSchemas())
    assert.ok(
      readFileSync(`schema/${name}`, "utf8") === text,
      `schema/${name} is stale; run \`node scripts/schema.ts\``,
    );
});

test("the committed pages of the reference are up to date with the code", async () => {
  for (const [name, text] of await referencePages())
    assert.ok(
      readFileSync(`docs/reference/${name}`, "utf8") === text,
      `docs/reference/${name} is stale; run \`node scripts/docs-reference.ts\``,
    );
});

test("every key of a plan, below platform too, is explained", () => {
  const silent = keysWithoutDescription(planJsonSchema(), "");
  assert.deepEqual([...new Set(silent)], []);
});

function keysWithoutDescription(schema: JsonSchema, path: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, value]) => [
    ...(value.description === undefined ? [`${path}.${name}`] : []),
    ...keysWithoutDescription(value, `${path}.${name}`),
  ]);
  const within = [...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
  return [...own, ...within.flatMap((one) => keysWithoutDescription(one, path))];
}

test("the example plans satisfy the schema that editors use", () => {
  const schema = z.fromJSONSchema(planJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const plans = globSync("examples/jewelry-shop/**/*.yaml").filter((file) =>
    /^# yaml-language-server:/.test(readFileSync(file, "utf8")),
  );
  assert.ok(plans.length >= 4);
  for (const file of plans) {
    const { success, error } = schema.safeParse(parse(readFileSync(file, "utf8")));
    assert.ok(success, `${file}: ${error?.message}`);
  }
});

test("the schema that editors use refuses an unknown key below platform, an unknown fault and a number without a unit", () => {
  const schema = z.fromJSONSchema(planJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const plan = parse(readFileSync("examples/jewelry-shop/smoke.yaml", "utf8")) as Record<
    string,
    Record<string, unknown>
  >;
  const wrong = [
    { platform: { ...plan["platform"], postgresql: {} } },
    { experiments: [{ name: "one", fault: "kill-leeder" }] },
    { warmUp: 10 },
  ];
  for (const change of wrong)
    assert.equal(schema.safeParse({ ...plan, ...change }).success, false, JSON.stringify(change));
});
