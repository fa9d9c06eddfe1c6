/** Generates the JSON Schemas (draft 2020-12) of all files that people and other tools read or write, from the zod schemas. */
import { z } from "zod";
import { intervalSchema, ledgerSchema, operationSchema, runSchema, timelineSchema } from "../../src/evidence/schema.ts";
import { statsSchema } from "../../src/report/stats-schema.ts";
import { secondSchema } from "../../src/second/schema.ts";
import { verdictSchema } from "../../src/verdict/schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import { planJsonSchema } from "./plan-schema.ts";

const SCHEMAS: readonly (readonly [file: string, title: string, schema: z.ZodType])[] = [
  ["run.json", "run.json of a run folder", runSchema],
  ["timeline.json", "One line of timeline.ndjson", timelineSchema],
  ["history.json", "One line of history.ndjson", operationSchema],
  ["intervals.json", "One line of intervals.ndjson", intervalSchema],
  ["ledger.json", "One line of ledger.ndjson", ledgerSchema],
  ["seconds.json", "One line of seconds.ndjson", secondSchema],
  ["stats.json", "stats.json of a run folder", statsSchema],
  ["verdict.json", "verdict.json of a run folder", verdictSchema],
];

/** Returns the files of schema/ as names and texts. The schemas describe the input that people write, not the parsed result. */
export function jsonSchemas(): [file: string, text: string][] {
  const others = SCHEMAS.map(([file, title, schema]): [string, JsonSchema] => [
    file,
    { title, ...jsonSchemaOf(schema) },
  ]);
  const all: [string, JsonSchema][] = [["plan.json", planJsonSchema()], ...others];
  return all.map(([file, schema]) => [file, `${JSON.stringify(schema, null, 2)}\n`]);
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: "draft-2020-12", io: "input", unrepresentable: "any" }) as JsonSchema;
}
