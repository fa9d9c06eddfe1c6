/** Enforces STYLE.md as far as a machine can: floors, sizes, banned names and words. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { DOORS, wrongDoors } from "./tidy/doors.ts";
import {
  FLOORS,
  type Import,
  ideaOf,
  ideasWithoutFloor,
  importedFile,
  importsOf,
  importsUpward,
  type Sources,
} from "./tidy/floors.ts";
import { sharedTypeNames } from "./tidy/names.ts";
import { READERS, readersOfTexts } from "./tidy/sentences.ts";

const SOURCES = globSync("src/**/*.ts").filter((file) => !/\.(test|fixture)\.ts$/.test(file));
const LINES_MAX = 300;

/** Folders whose files decide from evidence alone: no I/O, no clock, no randomness. */
const PURE = [
  "status",
  "range",
  "timeline",
  "checker",
  "objective",
  "outage",
  "validity",
  "verdict",
  "view",
  "report",
  "compare",
  "autoscaler",
];

function readSources(): Sources {
  return new Map(SOURCES.map((file) => [file, readFileSync(file, "utf8")]));
}

/** Returns the imports that are loaded with a file; `import("...")` loads later, or never. */
function staticImportsOf(file: string): Import[] {
  return importsOf(readFileSync(file, "utf8").replace(/\bimport\(/g, "later("));
}

test("every idea of src/ has a floor", () => {
  assert.ok(SOURCES.length > 0);
  assert.deepEqual(ideasWithoutFloor(readSources()), []);
});

test("ARCHITECTURE.md lists the same floors", () => {
  const listed = /## Floors\n[\s\S]*?\n\n((?: {4}.+\n)+)/.exec(readFileSync("ARCHITECTURE.md", "utf8"))?.[1] ?? "";
  const floors = listed
    .trim()
    .split("\n")
    .map((line) => line.trim().split(", "));
  assert.deepEqual(floors.reverse(), FLOORS);
});

test("an idea imports only from floors below its own, types included", () => {
  assert.deepEqual(importsUpward(readSources()), []);
});

test("a planted circle, a planted type import upward and a planted lazy import are found", () => {
  const planted = (file: string, text: string) => importsUpward(new Map([[file, text]]));
  const circle = new Map([
    ["src/objective.ts", 'import { judge } from "./validity/rule.ts";'],
    ["src/validity/rule.ts", 'import { measure } from "../objective.ts";'],
  ]);
  assert.deepEqual(importsUpward(circle), ["src/objective.ts -> src/validity/rule.ts"]);
  assert.equal(planted("src/plan.ts", 'import type { Verdict } from "./verdict.ts";').length, 1);
  assert.equal(planted("src/plan.ts", 'import { type A,\n  type B } from "./verdict.ts";').length, 1);
  assert.equal(planted("src/plan/parse.ts", 'const { run } = await import("../run.ts");').length, 1);
  assert.equal(planted("src/load.ts", 'export type { Platform } from "./platform.ts";').length, 1);
  assert.deepEqual(planted("src/plan/parse.ts", 'import { a } from "./place.ts";\nimport { z } from "zod";'), []);
});

test("only the listed files use the process, its environment, and the clocks", () => {
  assert.deepEqual(wrongDoors(readSources(), DOORS), []);
});

test("a planted use of the process and of each clock is found, and so is a file that is listed without need", () => {
  const planted = (text: string) =>
    wrongDoors(new Map([["src/plan/parse.ts", text]]), [...DOORS.map((door) => ({ ...door, files: [] }))]);
  for (const text of ["process.env.HOME", "process.exit(1)", "Date.now()", "performance.now()", "setTimeout(f, 1)"])
    assert.equal(planted(text).length, 1, text);
  assert.deepEqual(planted("/** Reads process.env. */ operation.process.env; // Date.now()"), []);
  const [door] = DOORS;
  assert.ok(door);
  assert.match(
    wrongDoors(new Map([["src/world.ts", ""]]), [{ ...door, files: ["src/world.ts"] }]).join(),
    /take it off/,
  );
});

test("no type name is exported from two files", () => {
  assert.deepEqual(sharedTypeNames(readSources()), []);
});

test("a planted second export of a type name is found, and a type that is passed on is not", () => {
  const shared = (text: string) =>
    sharedTypeNames(
      new Map([
        ["src/history.ts", "export interface Outcome {}\n"],
        ["src/validity/rule.ts", text],
      ]),
    );
  const found = ["Outcome: src/history.ts, src/validity/rule.ts"];
  assert.deepEqual(shared("export interface Outcome {}"), found);
  assert.deepEqual(shared("export abstract class Outcome {}"), found);
  assert.deepEqual(shared('export { type Ruling as Outcome } from "./ruling.ts";'), found);
  assert.deepEqual(shared('export type { Outcome } from "../history.ts";\ninterface Outcome {}'), []);
});

test("no file decides by the wording of a text, apart from those that read the words of others", () => {
  assert.deepEqual(readersOfTexts(readSources(), READERS), []);
});

test("each planted look into a text is found, and so is a file that is listed without need", () => {
  const planted = (line: string) => readersOfTexts(new Map([["src/verdict/judge.ts", line]]), {});
  assert.deepEqual(planted('if (control.by.startsWith("stop condition")) return;'), ["src/verdict/judge.ts:1"]);
  assert.deepEqual(planted("const run = /^run (.*)$/.exec(event.says);"), ["src/verdict/judge.ts:1"]);
  for (const line of [
    'if (thrown.message === "socket hang up") return;',
    'if ("socket hang up" !== thrown.message) return;',
    "switch (event.says) {",
    'case "the load ended":',
    "const kind = KINDS[event.says];",
    'if (messageOf(thrown).includes("timeout")) return;',
    "const [, line] = /line (\\d+)/.exec(messageOf(thrown)) ?? [];",
    'const text = thrown.message; if (text.startsWith("timeout")) return;',
    'const { says: words } = event; if (words.includes("ended")) return;',
  ])
    assert.equal(planted(line).length, 1, line);
  assert.deepEqual(planted('if (control.condition === "not-recovered") return;'), []);
  assert.deepEqual(planted('const text = thrown.message; return text === "" ? null : text;'), []);
  assert.deepEqual(readersOfTexts(new Map([["src/a.ts", ""]]), { "src/a.ts": "why" }), [
    "src/a.ts is listed without need",
  ]);
});

test("what judges imports no I/O and reads no clock", () => {
  const broken: string[] = [];
  for (const file of SOURCES.filter((source) => PURE.includes(ideaOf(source)))) {
    for (const { path, typeOnly } of importsOf(readFileSync(file, "utf8"))) {
      if (path.startsWith("node:") && !typeOnly) broken.push(`${file} imports ${path}`);
    }
    if (
      /\b(Date\.now|new Date\(\)|performance\.now|process\.|Math\.random|toLocale\w*|Intl\.)/.test(
        readFileSync(file, "utf8"),
      )
    )
      broken.push(`${file} reads a clock, chance, locale or the process`);
  }
  assert.deepEqual(broken, []);
});

test("a load starts without the libraries that plans and clusters need: they would cost its first request 70 ms", () => {
  const seen = new Set(["src/main.ts", "src/cli/load.ts", "src/load/worker/process.ts"]);
  const packages = new Set<string>();
  for (const file of seen) {
    for (const { path, typeOnly } of staticImportsOf(file)) {
      const inside = importedFile(file, path);
      if (inside !== undefined && !typeOnly) seen.add(inside);
      else if (!typeOnly && !path.startsWith("node:")) packages.add(path);
    }
  }
  assert.ok(seen.size > 50);
  assert.deepEqual([...packages].sort(), ["commander", "ws"]);
});

test("files stay short", () => {
  const long = SOURCES.map((file) => [file, readFileSync(file, "utf8").split("\n").length] as const);
  assert.deepEqual(
    long.filter(([, lines]) => lines > LINES_MAX),
    [],
  );
});

test("no file is a kitchen sink, and nothing is left undone", () => {
  const sinks = SOURCES.filter((file) => /(^|[/-])(utils?|helpers?|common|core|lib|manager|misc)(\.ts|\/)/.test(file));
  assert.deepEqual(sinks, []);
  const undone = SOURCES.filter((file) => /\b(TODO|FIXME|XXX|HACK)\b/.test(readFileSync(file, "utf8")));
  assert.deepEqual(undone, []);
});

test("no deadline of a test starts when its file is loaded: many files share a process, and the last would find it expired", () => {
  const tests = globSync(["src/**/*.{test,fixture}.ts", "test/**/*.ts"]);
  const early = tests.filter((file) =>
    /^(export )?const \w+ = AbortSignal\.timeout\(/m.test(readFileSync(file, "utf8")),
  );
  assert.deepEqual(early, []);
});
