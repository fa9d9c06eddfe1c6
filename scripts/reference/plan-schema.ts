/**
 * Generates the JSON Schema of a plan for editors. It knows more than the zod schema of a plan alone: what each kind of platform
 * accepts, and the names of faults, checkers and measures.
 */
import { z } from "zod";
import { CHECKERS } from "../../src/checker/catalogue.ts";
import { FAULTS } from "../../src/fault/catalogue.ts";
import { MEASURES } from "../../src/objective/catalogue.ts";
import { DURATION_MARK, formatDuration } from "../../src/plan/duration.ts";
import { planSchema } from "../../src/plan/schema.ts";
import { PLATFORMS } from "../../src/run/platforms.ts";
import { type JsonSchema, mapSchema } from "./json-schema.ts";

/** The kinds of platform that people test; the fake one is for our own tests. */
const KINDS = PLATFORMS.filter(({ name }) => name !== "fake");

const DURATION_PATTERN = "^((\\d+(\\.\\d+)?(ms|s|m|h))+|0|\\$\\{(var|env):.*\\})$";

/** Returns the schema of a plan. `$defs` of zod's recursive JSON values are kept. */
export function planJsonSchema(): JsonSchema {
  const plan = schemaOf(planSchema);
  const title = "A Gameday plan (plan.yaml)";
  const properties = { ...plan.properties, platform: platformSchema(plan.properties?.["platform"]?.description) };
  return { title, ...mapSchema({ ...plan, properties }, (schema) => variable(named(duration(schema)))) };
}

/** Lets a text that has a variable pass where it must look like something, because only its value must. */
function variable(schema: JsonSchema): JsonSchema {
  const { pattern } = schema;
  if (pattern === undefined || pattern === DURATION_PATTERN) return schema;
  return { ...schema, pattern: `(?:${pattern})|\\$\\{(?:var|env):` };
}

function schemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // Zod leaves out the default of a value that is transformed, because the default is a result: milliseconds for a duration.
      if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue as number;
    },
  }) as JsonSchema;
}

function platformSchema(description: string | undefined): JsonSchema {
  const kinds = KINDS.map(({ schema }) => {
    const { $schema: _schema, ...rest } = schemaOf(schema);
    return rest;
  });
  return { ...(description !== undefined && { description }), anyOf: kinds };
}

/** Turns what zod makes of a duration (any text or number) into a text with a unit, and its default into such a text. */
function duration(schema: JsonSchema): JsonSchema {
  const { [DURATION_MARK]: mark, default: byDefault, ...rest } = schema;
  const isDuration = mark === true;
  const mayBeDuration = isDuration || schema.anyOf?.some(({ pattern }) => pattern === DURATION_PATTERN) === true;
  const shown = mayBeDuration && typeof byDefault === "number" ? formatDuration(byDefault) : byDefault;
  return {
    ...rest,
    ...(isDuration && { type: "string", pattern: DURATION_PATTERN }),
    ...(shown !== undefined && { default: shown }),
  };
}

/** Completes the fields whose values are names in a catalogue, so that editors suggest them. */
function named(schema: JsonSchema): JsonSchema {
  const { fault, checkers, measure } = schema.properties ?? {};
  const known: Record<string, JsonSchema> = {
    ...(fault && { fault: { ...fault, enum: FAULTS.map(({ name }) => name) } }),
    ...(checkers && {
      checkers: { ...checkers, items: { ...checkers.items, enum: CHECKERS.map(({ name }) => name) } },
    }),
    ...(measure && { measure: { ...measure, enum: MEASURES.map(({ name }) => name) } }),
  };
  return schema.properties === undefined ? schema : { ...schema, properties: { ...schema.properties, ...known } };
}
