/**
 * `npx node scripts/judge-difference.ts COMMIT`: judges every kept run with the code of another commit and with this one, and prints
 * each difference of a status, an id, a figure or a witness. Texts may differ. Exits with 1 if there is any difference. It writes
 * only to a temporary folder, which it removes.
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { differencesOf } from "./reference/differences.ts";

const ROOT = resolve(import.meta.dirname, "..");
/** What is compared; everything else in a report is text. */
const FILES = ["verdict.json", "stats.json"];
const RUNS = [...globSync("test/fixtures/runs/*", { cwd: ROOT }), "docs/full-run"];

const [commit] = process.argv.slice(2);
if (commit === undefined) {
  process.stderr.write("usage: npx node scripts/judge-difference.ts COMMIT\n");
  process.exit(3);
}
const scratch = mkdtempSync(join(tmpdir(), "gameday-difference-"));
const other = join(scratch, "code");
try {
  git("worktree", "add", "--quiet", "--detach", other, commit);
  using _added = { [Symbol.dispose]: () => git("worktree", "remove", "--force", other) };
  symlinkSync(join(ROOT, "node_modules"), join(other, "node_modules"));
  const differences = RUNS.flatMap(compare);
  for (const line of differences) console.log(line);
  console.log(`${RUNS.length} runs judged by ${commit} and by this code: ${differences.length} differences`);
  if (differences.length > 0) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Returns the differences of one run, a line each. */
function compare(run: string): string[] {
  const [before, after] = [other, ROOT].map((code) => judgedBy(code, run));
  return Object.keys({ ...before, ...after }).flatMap((file) =>
    differencesOf(before?.[file], after?.[file]).map((line) => `${run}: ${file}: ${line}`),
  );
}

/** Returns the exit codes and the files that this code writes about the run. */
function judgedBy(code: string, run: string): Readonly<Record<string, unknown>> {
  const out = join(scratch, `${basename(code)}-${basename(run)}`);
  const gameday = (...words: string[]) =>
    spawnSync(process.execPath, [join(code, "bin/gameday.mjs"), ...words, "--out", out], { cwd: scratch }).status;
  const exitCodes = [gameday("judge", join(ROOT, run)), gameday("report", join(ROOT, run))];
  const written = FILES.filter((name) => existsSync(join(out, name)));
  const contents = written.map((name) => [name, JSON.parse(readFileSync(join(out, name), "utf8")) as unknown]);
  return { "exit codes": exitCodes, ...Object.fromEntries(contents) };
}

function git(...words: string[]): void {
  const { status, stderr } = spawnSync("git", words, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${words[0]}: ${stderr.trim()}`);
}
