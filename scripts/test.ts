/**
 * `npm test [-- PART...]`: runs the parts of the test, all of them or those that are named, and prints how long each took and node:test's
 * summary over all. A part that fails does not keep the others from running, but nothing is tested when types or lint are wrong.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { matchesGlob, relative } from "node:path";
import { Place } from "./lanes.ts";
import type { Counts, Figures } from "./test-figures.ts";

interface Part {
  readonly name: string;
  readonly files: readonly string[];
  /** How many files run at once. A lab must be alone on the machine, and so must everything that measures a rate or a time. */
  readonly atOnce: number;
}

interface Result {
  readonly name: string;
  readonly isGood: boolean;
  readonly ms: number;
  readonly figures: readonly Figures[];
}

/** By default Node leaves one core free, which is half of a machine with two. */
const CORES = availableParallelism();
const LAB = "{autoscaling,faults,game-day,kinds,lab,lab-kill,lab-up,new,proofs}";
/** In the order of their run. A test file belongs to the first part that names it, and the last part takes what is left. */
const PARTS: readonly Part[] = [
  { name: "check", files: ["src/**/*.test.ts", "test/*.test.ts", "test/contract/**/*.test.ts"], atOnce: CORES },
  { name: "lab", files: [`test/e2e/${LAB}.test.ts`], atOnce: 1 },
  { name: "processes", files: ["test/e2e/*.test.ts"], atOnce: 1 },
  { name: "cluster", files: ["test/cluster/**/*.test.ts"], atOnce: 1 },
  { name: "browser", files: ["test/browser/**/*.test.ts"], atOnce: 1 },
  { name: "documents", files: ["test/documents/**/*.test.ts"], atOnce: 1 },
  { name: "values", files: ["test/**/*.test.ts", "examples/**/*.test.ts"], atOnce: CORES },
];
const SLOWEST = 3;

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`expected parts of ${PARTS.map(({ name }) => name).join(", ")}, got ${unknown.join(", ")}`);
  process.exit(3);
}
process.exitCode = await testAll();

async function testAll(): Promise<number> {
  await using place = new Place("gameday-test-");
  const results: Result[] = [];
  if (asked.length === 0 || asked.includes("check")) {
    const began = performance.now();
    const { status } = await place.run(["node", "scripts/check.ts", "--static"], { folder: "static" });
    if (status !== 0) return status;
    results.push({ name: "static", isGood: true, ms: performance.now() - began, figures: [] });
  }
  const all = globSync(["src/**/*.test.ts", "examples/**/*.test.ts", "test/**/*.test.ts"]).sort();
  for (const part of PARTS) {
    const files = all.filter((file) => PARTS.find((one) => one.files.some((glob) => matchesGlob(file, glob))) === part);
    if (files.length > 0 && (asked.length === 0 || asked.includes(part.name)))
      results.push(await play(place, part, files));
  }
  report(results);
  return results.every(({ isGood }) => isGood) && !place.isInterrupted ? 0 : 1;
}

/** Runs the files of one part, with node:test's usual output. */
async function play(place: Place, { name, atOnce }: Part, files: readonly string[]): Promise<Result> {
  console.log(`\n== ${name}: ${files.length} files`);
  const told = place.path(`${name}.ndjson`);
  const began = performance.now();
  const reporters = [
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ...["--test-reporter=./scripts/test-figures.ts", `--test-reporter-destination=${told}`],
  ];
  const argv: [string, ...string[]] = ["node", "--test", `--test-concurrency=${atOnce}`, ...reporters, ...files];
  const { status } = await place.run(argv, { folder: name });
  const ms = performance.now() - began;
  const lines = existsSync(told) ? readFileSync(told, "utf8").split("\n").filter(Boolean) : [];
  return { name, isGood: status === 0, ms, figures: lines.map((line) => JSON.parse(line) as Figures) };
}

function report(results: readonly Result[]): void {
  console.log("\npart        minutes  slowest files");
  for (const { name, isGood, ms, figures } of results) {
    const files = figures.filter(({ file }) => file !== null).toSorted((a, b) => b.ms - a.ms);
    const slowest = files.slice(0, SLOWEST).map((one) => `${relative("", one.file ?? "")} ${seconds(one.ms)}`);
    console.log(
      `${name.padEnd(12)}${(ms / 60_000).toFixed(1).padStart(6)}   ${isGood ? "" : "FAILED "}${slowest.join(", ")}`,
    );
  }
  const minutes = results.reduce((sum, { ms }) => sum + ms, 0) / 60_000;
  console.log(`${"all".padEnd(12)}${minutes.toFixed(1).padStart(6)}\n`);
  const counts = results.flatMap(({ figures }) => figures.filter(({ file }) => file === null));
  const sum = (key: keyof Counts) => counts.reduce((total, one) => total + one.counts[key], 0);
  const names: readonly [string, keyof Counts][] = [
    ["tests", "tests"],
    ["suites", "suites"],
    ["pass", "passed"],
    ["fail", "failed"],
    ["cancelled", "cancelled"],
    ["skipped", "skipped"],
    ["todo", "todo"],
  ];
  for (const [says, key] of names) console.log(`ℹ ${says} ${sum(key)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}
