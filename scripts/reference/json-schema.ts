/** The part of JSON Schema (draft 2020-12) that the generators read and write. */
export interface JsonSchema {
  readonly [key: string]: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/** Returns a copy of the schema in which `change` was applied to every schema within it, the innermost first. */
export function mapSchema(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const all = (given: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(Object.entries(given).map(([name, one]) => [name, mapSchema(one, change)]));
  const { properties, items, anyOf, additionalProperties, ...rest } = schema;
  return change({
    ...rest,
    ...(properties && { properties: all(properties) }),
    ...(items && { items: mapSchema(items, change) }),
    ...(anyOf && { anyOf: anyOf.map((one) => mapSchema(one, change)) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === "object" ? mapSchema(additionalProperties, change) : additionalProperties,
    }),
  });
}
