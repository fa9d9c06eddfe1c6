/** Holds what STYLE.md says, as far as a machine can: walls between layers, sizes, banned names and words. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

const SOURCES = globSync("src/**/*.ts").filter((file) => !/\.(test|fixture)\.ts$/.test(file));
const LINES_MAX = 300;

/** Lowest first; a file imports its own layer or lower. */
const LAYERS: readonly (readonly string[])[] = [
  ["std"],
  ["plan", "history", "timeline", "ledger", "interval", "evidence"],
  [
    "kubernetes",
    "platform",
    "fault",
    "journal",
    "probe",
    "scenario",
    "autoscaler",
    "checker",
    "objective",
    "outage",
    "validity",
    "verdict",
  ],
  ["load", "report", "compare"],
  ["run"],
  ["serve", "cli"],
  ["world", "main"],
];

/** Folders whose files decide from evidence alone: no I/O, no clock, no chance. */
const PURE = ["checker", "objective", "outage", "validity", "verdict", "report", "compare", "autoscaler"];

function ideaOf(file: string): string {
  return (file.split("/")[1] ?? "").replace(/\.ts$/, "");
}

function layerOf(file: string): number {
  return LAYERS.findIndex((ideas) => ideas.includes(ideaOf(file)));
}

/** Imports of a file that are there at run time and those that are only types: [path, isTypeOnly]. */
function importsOf(file: string): [string, boolean][] {
  const text = readFileSync(file, "utf8");
  const found = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm);
  return [...found].map(([, typeOnly, path = ""]) => [path, typeOnly !== undefined]);
}

function local(file: string, path: string): string | undefined {
  return path.startsWith(".") ? normalize(join(dirname(file), path)) : undefined;
}

test("every idea of src/ has a layer", () => {
  assert.ok(SOURCES.length > 0);
  const strange = SOURCES.filter((file) => layerOf(file) < 0);
  assert.deepEqual(strange, []);
});

test("files import their own layer or lower; types may come from anywhere", () => {
  const broken: string[] = [];
  for (const file of SOURCES) {
    for (const [path, typeOnly] of importsOf(file)) {
      const target = local(file, path);
      if (target === undefined || typeOnly) continue;
      if (layerOf(target) > layerOf(file)) broken.push(`${file} -> ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

test("what judges imports no I/O and reads no clock", () => {
  const broken: string[] = [];
  for (const file of SOURCES.filter((source) => PURE.includes(ideaOf(source)))) {
    for (const [path, typeOnly] of importsOf(file)) {
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
  const seen = new Set(["src/main.ts", "src/cli/load.ts", "src/load/worker-process.ts"]);
  const packages = new Set<string>();
  for (const file of seen) {
    for (const [path, typeOnly] of importsOf(file)) {
      const inside = local(file, path);
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

test("no kitchen sinks, and nothing left undone", () => {
  const sinks = SOURCES.filter((file) => /(^|[/-])(utils?|helpers?|common|core|lib|manager|misc)(\.ts|\/)/.test(file));
  assert.deepEqual(sinks, []);
  const undone = SOURCES.filter((file) => /\b(TODO|FIXME|XXX|HACK)\b/.test(readFileSync(file, "utf8")));
  assert.deepEqual(undone, []);
});
