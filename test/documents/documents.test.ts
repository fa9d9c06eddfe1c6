/** The documents are true as far as a machine can tell: links lead somewhere, commands exist, code and plans can be read. */
import assert from "node:assert/strict";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, normalize, resolve } from "node:path";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import type { JsonSchema } from "../../scripts/reference/json-schema.ts";
import { planJsonSchema } from "../../scripts/reference/plan-schema.ts";
import { buildProgram } from "../../src/cli/program.ts";
import type { World } from "../../src/cli.ts";
import { tryExec } from "../../src/std/exec.ts";
import { type BlockKind, kindOf } from "./blocks.ts";
import { commandLinesOf, type Known, linesOf, wrongIn } from "./commands.ts";
import { anchorsOf, type Block, blocksOf, linksOf, spansOf } from "./markdown.ts";

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

test("every file of the checkout that a page names exists", () => {
  const absent = PAGES.filter((page) => !/^(CHANGELOG|docs\/decisions)/.test(page)).flatMap((page) =>
    spansOf(textOf(page)).flatMap(({ text, line }) => {
      const isPath = /^(src|test|scripts|bench|docs|examples|schema|lab|deploy|bin)\/[\w./-]+$/.test(text);
      const isThere = existsSync(text) || existsSync(join(dirname(page), text));
      return !isPath || isThere || /NAME|\/X(\.ts|\/)$|\/\w+-$/.test(text) ? [] : [`${page}:${line}: ${text}`];
    }),
  );
  assert.deepEqual(absent, []);
});

interface PlacedBlock extends Block {
  readonly page: string;
  readonly kind: BlockKind | null;
}

/** All blocks of all pages, but those of the track record's own page, which shows none. */
const BLOCKS: readonly PlacedBlock[] = PAGES.flatMap((page) =>
  blocksOf(textOf(page)).map((block) => ({ ...block, page, kind: kindOf(page, block) })),
);
const placed = ({ page, line }: PlacedBlock, because: string) => `${page}:${line}: ${because}`;

test("every block is commands, YAML, JSON or code that a test reads, or listed as text", () => {
  const unread = BLOCKS.filter(({ kind }) => kind === null);
  assert.deepEqual(
    unread.map((block) => placed(block, block.text.slice(0, 60))),
    [],
  );
});

test("no fence is hidden from these tests", () => {
  // An indented fence, a fence of tildes, or one with more than a language would be read as prose.
  const hidden = PAGES.flatMap((page) =>
    textOf(page)
      .split("\n")
      .flatMap((line, at) => (/^\s+```|^\s*~~~|^```\w*\s+\S/.test(line) ? [`${page}:${at + 1}: ${line}`] : [])),
  );
  assert.deepEqual(hidden, []);
});

test("every command of the documents exists, with its flags, scripts, files and calls", async () => {
  const known = await knownCommands();
  const inBlocks = BLOCKS.filter(({ kind }) => kind === "commands").flatMap(({ page, line, text }) =>
    linesOf(text).map((command) => ({ page, line, command })),
  );
  const inSentences = PAGES.flatMap((page) =>
    spansOf(textOf(page)).flatMap(({ text, line }) => commandLinesOf(text).map((command) => ({ page, line, command }))),
  );
  const lines = [...inBlocks, ...inSentences];
  assert.ok(lines.length > 100);
  const wrong = lines.flatMap(({ page, line, command }) => {
    const because = wrongIn(command, known, page);
    return because === null ? [] : [`${page}:${line}: ${command}: ${because}`];
  });
  assert.deepEqual(wrong, []);
});

async function knownCommands(): Promise<Known> {
  const program = await buildProgram({ argv: [], version: "" } as unknown as World);
  const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
  return { program, scripts: new Set(Object.keys(scripts)) };
}

test("a command, flag, script, file or call that does not exist is found", async () => {
  const known = await knownCommands();
  const cases: [line: string, wrong: RegExp | null][] = [
    ["gameday run plan.yaml --seed 7", null],
    ["npx gameday play plan.yaml", /no command "play"/],
    ["gameday run plan.yaml --sede 7", /no flag --sede/],
    ["npm run demmo", /no script "demmo"/],
    ["npm instal", /npm instal is not known/],
    ["gamday run plan.yaml", /no test knows the program "gamday"/],
    ["npx node scripts/schema.ts", null],
    ["sudo node node_modules/gameday/scripts/set-up.mjs", /no file/],
    ["TOKEN=$(cat token) gameday run --no-such", /no flag --no-such/],
    ["curl http://127.0.0.1:8089/api/v1/runs", null],
    ["curl http://127.0.0.1:8089/api/v1/run", /no operation GET/],
    ["curl -X DELETE http://127.0.0.1:8089/api/v1/runs", /no operation DELETE/],
  ];
  for (const [line, wrong] of cases) {
    if (wrong === null) assert.equal(wrongIn(line, known), null, line);
    else assert.match(wrongIn(line, known) ?? "", wrong, line);
  }
});

test("every YAML, JSON, JavaScript and TypeScript block can be read, and plans and their parts satisfy the schema", () => {
  const schema = planJsonSchema();
  const wrong = BLOCKS.flatMap((block) => {
    const because = wrongBlock(block, schema);
    return because === null ? [] : [placed(block, because)];
  });
  assert.deepEqual(wrong, []);
});

test("a wrong key or value in a part of a plan is found", () => {
  const wrong = (text: string) => wrongBlock({ kind: "yaml", text }, planJsonSchema());
  assert.equal(wrong("experiments:\n  - { name: a, fault: kill-leader, hold: 5s }"), null);
  assert.match(wrong("experiments:\n  - { name: a, fault: kill-leader, holds: 5s }") ?? "", /holds/);
  assert.match(wrong("warmUp: 5") ?? "", /warmUp/);
  assert.equal(wrong("platform:\n  inside: http://shop:8080"), null);
  assert.match(wrong("platform:\n  insides: http://shop:8080") ?? "", /no platform has a key "insides"/);
});

function wrongBlock({ kind, text }: Pick<PlacedBlock, "kind" | "text">, schema: JsonSchema): string | null {
  try {
    if (kind === "json") JSON.parse(text);
    if (kind === "ts" || kind === "js") stripTypeScriptTypes(wrapped(text));
    return kind === "yaml" ? wrongYaml(text, schema) : null;
  } catch (thrown) {
    return String(thrown);
  }
}

/** A fragment may be the inside of a list or of an async function. */
function wrapped(text: string): string {
  if (/^\{/.test(text)) return `const fragment = ${text}`;
  return /^(import|export)\b/m.test(text) ? text : `async () => {${text}\n}`;
}

function wrongYaml(text: string, schema: JsonSchema): string | null {
  const documents = parseAllDocuments(text, { uniqueKeys: false });
  for (const document of "empty" in documents ? [] : documents) {
    const [error] = document.errors;
    if (error !== undefined) return error.message;
    const unfit = unfitPlan(document.toJS(), schema);
    if (unfit !== null) return unfit;
  }
  return null;
}

/** Returns what is wrong with a plan, or with a part of one: a mapping all of whose keys are keys of a plan. */
function unfitPlan(value: unknown, schema: JsonSchema): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const keys = Object.keys(value);
  const properties = schema.properties ?? {};
  if (keys.length === 0 || !keys.every((key) => key in properties)) return null;
  const isWhole = ["name", "platform", "load"].every((key) => key in value);
  const { required: _required, ...part } = schema;
  const { platform, ...others } = value as { readonly platform?: Record<string, unknown> };
  const isPart = platform !== undefined && !isWhole && !("kind" in platform);
  const unknown = isPart ? Object.keys(platform).find((key) => !keysOfPlatforms(schema).has(key)) : undefined;
  if (unknown !== undefined) return `no platform has a key "${unknown}"`;
  const wanted = z.fromJSONSchema((isWhole ? schema : part) as Parameters<typeof z.fromJSONSchema>[0]);
  const { error } = wanted.safeParse(isPart ? others : value);
  return error === undefined ? null : `${keys.join(", ")}: ${error.message}`;
}

/** Returns the keys of all kinds of platform: a page may show some of them without the rest. */
function keysOfPlatforms({ properties }: JsonSchema): Set<string> {
  return new Set((properties?.["platform"]?.anyOf ?? []).flatMap((kind) => Object.keys(kind.properties ?? {})));
}

test("every module that a page shows has the types that it uses", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-pages-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const modules = BLOCKS.filter(({ kind, text }) => kind === "ts" && /^import .* from "gameday/m.test(text));
  assert.ok(modules.length >= 3);
  const files = modules.map(({ page, line, text }) => {
    const file = join(folder, `${page.replaceAll(/\W/g, "-")}-${line}.ts`);
    writeFileSync(file, text.endsWith("export {};") ? text : `${text}\nexport {};\n`);
    return file;
  });
  const { compilerOptions } = JSON.parse(textOf("tsconfig.json")) as { compilerOptions: Record<string, unknown> };
  const paths = { gameday: [resolve("src/scenario.ts")], "gameday/checkers": [resolve("src/checker/library.ts")] };
  const typeRoots = [resolve("node_modules/@types")];
  const options = { ...compilerOptions, noUnusedLocals: false, noUnusedParameters: false, paths, typeRoots };
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files }));
  const { stdout } = await tryExec(["tsc", "--pretty", "false", "-p", folder], { deadlineMs: 120_000 });
  assert.equal(stdout, "");
});

test("every block of Python can be parsed", async () => {
  const blocks = BLOCKS.filter(({ kind }) => kind === "python");
  assert.ok(blocks.length > 0);
  for (const block of blocks) {
    const parse = ["python3", "-c", "import ast, sys; ast.parse(sys.stdin.read())"];
    const { code, stderr } = await tryExec(parse, { input: block.text, deadlineMs: 20_000 });
    assert.equal(code, 0, placed(block, stderr));
  }
});
