/** Generates docs/reference/plan.md: every key of a plan, from the same schema that editors use. */
import type { JsonSchema } from "./json-schema.ts";
import { planJsonSchema } from "./plan-schema.ts";

const HEAD = `# Every key of a plan

<!-- Written by scripts/docs-reference.ts from the schemas that check a plan; a test compares it. -->

[Plans](../guide/plan.md) explains how a plan is written. This page lists every key. Required keys are in bold. For editors, the same is
in \`schema/plan.json\`; a plan that begins with this line is completed and checked while you write it:

    # yaml-language-server: $schema=node_modules/gameday/schema/plan.json
`;

/** An object of the plan and the keys that it may have. */
interface Section {
  readonly path: string;
  readonly schema: JsonSchema;
}

/** Returns the page's text. */
export function planPage(): string {
  const known = new Map<string, string>();
  return [HEAD, ...sectionsOf({ path: "", schema: planJsonSchema() }, known).map(render)].join("\n");
}

/** Returns the section of an object and of all objects within it; an object that was listed before is listed only once. */
function sectionsOf(section: Section, known: Map<string, string>): Section[] {
  const keys = Object.entries(section.schema.properties ?? {});
  const inner = keys.flatMap(([name, schema]) => objectsOf(joined(section.path, name), schema));
  const fresh = inner.filter(({ path, schema }) => {
    const text = JSON.stringify(schema.properties);
    if (known.has(text)) return false;
    known.set(text, path);
    return true;
  });
  return [section, ...fresh.flatMap((each) => sectionsOf(each, known))];
}

/** Returns the objects that a value may be or contain: itself, its alternatives, the items of a list, the values of a map. */
function objectsOf(path: string, schema: JsonSchema): Section[] {
  const kind = schema.properties?.["kind"]?.const;
  const at = typeof kind === "string" ? `${path} (${kind})` : path;
  const { additionalProperties } = schema;
  return [
    ...(schema.properties === undefined ? [] : [{ path: at, schema }]),
    ...(schema.items === undefined ? [] : objectsOf(`${path}[]`, schema.items)),
    ...(schema.anyOf ?? []).flatMap((one) => objectsOf(path, one)),
    ...(typeof additionalProperties === "object" ? objectsOf(`${path}.NAME`, additionalProperties) : []),
  ];
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function render({ path, schema }: Section): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, value]) => row(name, value, schema.required ?? []));
  const title = path === "" ? "The plan" : `\`${path}\``;
  return `## ${title}\n\n| key | value | default | meaning |\n|---|---|---|---|\n${rows.join("\n")}\n`;
}

function row(name: string, schema: JsonSchema, required: readonly string[]): string {
  const shown = required.includes(name) ? `**\`${name}\`**` : `\`${name}\``;
  const byDefault =
    schema.default === undefined || isEmpty(schema.default) ? "" : `\`${JSON.stringify(schema.default)}\``;
  return `| ${[shown, typeOf(schema), byDefault, schema.description ?? ""].map(escaped).join(" | ")} |`;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function typeOf(schema: JsonSchema): string {
  const { anyOf, type, enum: names, items } = schema;
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (names !== undefined) return names.length > 12 ? "a name" : names.map((one) => `\`${String(one)}\``).join(", ");
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(" or ");
  if (items !== undefined) return `list of ${typeOf(items)}`;
  if (schema["pattern"] !== undefined && isDuration(schema)) return "duration";
  if (type === "object") return schema.properties === undefined ? "map" : "object";
  const types = (typeof type === "string" ? [type] : (type ?? ["any value"])).map((one) => TYPES[one] ?? one);
  return types.join(" or ");
}

const TYPES: Readonly<Record<string, string>> = { string: "text", integer: "whole number", boolean: "true or false" };

function isDuration(schema: JsonSchema): boolean {
  return String(schema["pattern"]).includes("(ms|s|m|h)");
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|");
}
