/**
 * Ways to turn a file of a run folder into a trap: a file that is not regular, that points outside, or that overflows a reader.
 */
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

export interface Trap {
  readonly name: string;
  /** Lays the trap. A link to the previous file shows the same content, and must not be opened all the same. */
  lay(path: string, outside: string): void;
}

const DEEP = 200_000;

export const TRAPS: readonly Trap[] = [
  { name: "a pipe", lay: (path) => replaced(path, () => execFileSync("mkfifo", [path])) },
  { name: "a link to a device", lay: (path) => replaced(path, () => symlinkSync("/dev/zero", path)) },
  { name: "a link to a terminal", lay: (path) => replaced(path, () => symlinkSync("/dev/tty", path)) },
  { name: "a link outside", lay: (path, outside) => replaced(path, () => symlinkSync(outside, path)) },
  { name: "a link to nothing", lay: (path) => replaced(path, () => symlinkSync("nowhere", path)) },
  { name: "a link to itself", lay: (path) => replaced(path, () => symlinkSync(basename(path), path)) },
  { name: "a folder", lay: (path) => replaced(path, () => mkdirSync(path)) },
  { name: "null", lay: (path) => writeFileSync(path, "null\n") },
  { name: "null entries", lay: (path) => writeFileSync(path, '{"version":1,"files":{"run.json":null}}\n') },
  { name: "nested lists", lay: (path) => writeFileSync(path, `${"[".repeat(DEEP)}${"]".repeat(DEEP)}\n`) },
  {
    name: "nested objects",
    lay: (path) => writeFileSync(path, `${'{"plan":'.repeat(DEEP)}1${"}".repeat(DEEP)}\n`),
  },
  { name: "nothing", lay: (path) => writeFileSync(path, "") },
];

/** Adds a second name for a file outside. Writing through this name would change that file. */
export function hardLink(path: string, outside: string): void {
  replaced(path, () => linkSync(outside, path));
}

/** Nests a value of one line so deeply that reading it by recursion would overflow. */
export function deepLine(path: string): void {
  const [line = "{}", ...rest] = readFileSync(path, "utf8").split("\n");
  const deep = `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`;
  const inner = line.startsWith("{") ? `{"deep":${deep},${line.slice(1)}` : deep;
  writeFileSync(path, [inner, ...rest].join("\n"));
}

function replaced(path: string, make: () => void): void {
  rmSync(path, { recursive: true, force: true });
  make();
}
