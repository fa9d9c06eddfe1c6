/** Generates the JSON Schemas (draft 2020-12) of all files that people and other tools read or write, from the zod schemas. */
import { z } from "zod";
import { intervalSchema, ledgerSchema, operationSchema, runSchema, timelineSchema } from "../evidence/schema.ts";
import { planSchema } from "../plan/schema.ts";
import { verdictSchema } from "../verdict/schema.ts";

const SCHEMAS: readonly (readonly [file: string, title: string, schema: z.ZodType])[] = [
  ["plan.json", "A Gameday plan (plan.yaml)", planSchema],
  ["run.json", "run.json of a run folder", runSchema],
  ["timeline.json", "One line of timeline.ndjson", timelineSchema],
  ["history.json", "One line of history.ndjson", operationSchema],
  ["intervals.json", "One line of intervals.ndjson", intervalSchema],
  ["ledger.json", "One line of ledger.ndjson", ledgerSchema],
  ["verdict.json", "verdict.json of a run folder", verdictSchema],
];

/** Returns the files of schema/ as names and texts. The schemas describe the input that people write, not the parsed result. */
export function jsonSchemas(): [file: string, text: string][] {
  return SCHEMAS.map(([file, title, schema]) => {
    const body = z.toJSONSchema(schema, { target: "draft-2020-12", io: "input", unrepresentable: "any" });
    return [file, `${JSON.stringify({ title, ...body }, null, 2)}\n`];
  });
}
