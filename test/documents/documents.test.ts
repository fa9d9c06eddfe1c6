/** The documents are true as far as a machine can tell: links lead somewhere, commands exist, code and plans can be read. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { planJsonSchema } from "../../scripts/reference/plan-schema.ts";
import { buildProgram } from "../../src/cli/program.ts";
import type { World } from "../../src/cli.ts";
import { commandLinesOf, wrongIn } from "./commands.ts";
import { anchorsOf, blocksOf, linksOf, spansOf } from "./markdown.ts";

/** Generated evidence of runs, and records of the past, are left as they were. */
const PAGES = globSync(["*.md", "llms.txt", "docs/**/*.md", "examples/**/*.md", "test/cluster/*.md"]).filter(
  (file) => !file.startsWith("docs/full-run/"),
);
const textOf = (file: string) => readFileSync(file, "utf8");

test("every link of the documents leads to a file and a heading that exist", () => {
  assert.ok(PAGES.length > 30);
  const broken = PAGES.flatMap((file) =>
    linksOf(textOf(file)).flatMap(({ target, line }) => {
      const wrong = wrongLink(file, target);
      return wrong === null ? [] : [`${file}:${line}: ${target}: ${wrong}`];
    }),
  );
  assert.deepEqual(broken, []);
});

function wrongLink(file: string, target: string): string | null {
  if (/^(https?|mailto):/.test(target)) return null;
  const [path = "", anchor] = target.split("#");
  const at = path === "" ? file : normalize(join(dirname(file), path));
  if (!existsSync(at)) return "no such file";
  if (anchor === undefined || statSync(at).isDirectory() || !at.endsWith(".md")) return null;
  return anchorsOf(textOf(at)).has(anchor) ? null : "no such heading";
}

test("every command of the documents exists, with its flags", async () => {
  const program = await buildProgram({ argv: [], version: "" } as unknown as World);
  const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
  const known = { program, scripts: new Set(Object.keys(scripts)) };
  const lines = PAGES.flatMap((file) =>
    [...blocksOf(textOf(file)), ...spansOf(textOf(file))].flatMap(({ text, line }) =>
      commandLinesOf(text).map((command) => ({ file, line, command })),
    ),
  );
  assert.ok(lines.length > 100);
  const wrong = lines.flatMap(({ file, line, command }) => {
    const because = wrongIn(command, known);
    return because === null ? [] : [`${file}:${line}: ${command}: ${because}`];
  });
  assert.deepEqual(wrong, []);
});

test("a command or a flag that does not exist is found", async () => {
  const program = await buildProgram({ argv: [], version: "" } as unknown as World);
  const known = { program, scripts: new Set(["demo"]) };
  assert.equal(wrongIn("gameday run plan.yaml --seed 7", known), null);
  assert.match(wrongIn("npx gameday play plan.yaml", known) ?? "", /no command "play"/);
  assert.match(wrongIn("gameday run plan.yaml --sede 7", known) ?? "", /no flag --sede/);
  assert.match(wrongIn("npm run demmo", known) ?? "", /no script "demmo"/);
});

test("every YAML, JSON and TypeScript block of the guide can be read, and whole plans satisfy their schema", () => {
  const plan = z.fromJSONSchema(planJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const wrong = PAGES.filter((file) => !file.startsWith("docs/track-record/")).flatMap((file) =>
    blocksOf(textOf(file)).flatMap(({ language, text, line }) => {
      const because = wrongBlock(language, text, plan);
      return because === null ? [] : [`${file}:${line}: ${because}`];
    }),
  );
  assert.deepEqual(wrong, []);
});

function wrongBlock(language: string, text: string, plan: z.ZodType): string | null {
  try {
    if (language === "json") JSON.parse(text);
    if (language === "ts") stripTypeScriptTypes(wrapped(text));
    return language === "yaml" ? wrongYaml(text, plan) : null;
  } catch (thrown) {
    return String(thrown);
  }
}

/** A fragment may be the inside of a list or of an async function. */
function wrapped(text: string): string {
  if (/^\{/.test(text)) return `const fragment = ${text}`;
  return /^(import|export)\b/m.test(text) ? text : `async () => {${text}\n}`;
}

function wrongYaml(text: string, plan: z.ZodType): string | null {
  const documents = parseAllDocuments(text, { uniqueKeys: false });
  for (const document of "empty" in documents ? [] : documents) {
    const [error] = document.errors;
    if (error !== undefined) return error.message;
    const value = document.toJS() as Record<string, unknown> | null;
    if (["name", "platform", "load"].some((key) => value?.[key] === undefined)) continue;
    const { error: unfit } = plan.safeParse(value);
    if (unfit !== undefined) return unfit.message;
  }
  return null;
}
