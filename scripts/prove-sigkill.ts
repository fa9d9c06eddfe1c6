/**
 * `npm run prove:sigkill [-- TIMES]`: kills `gameday run` with SIGKILL at moments spread over boot, load, fault and restore, and
 * compares the state of the machine before and after. Adds one row each to docs/track-record/sigkill.json; resumable. No other
 * lab may run at the same time: anything that appears on the machine in between counts as a leak.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { seededRandom } from "../src/std/random.ts";
import { settled, untouched } from "../test/e2e/footprint.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/sigkill.json";
const PLAN = "examples/jewelry-shop/smoke.yaml";
/** The printed line that begins each moment, and the longest delay after it until the kill. */
const MOMENTS = [
  { moment: "boot", begins: /evidence:/, withinMs: 6_000 },
  { moment: "load", begins: /== load$/, withinMs: 12_000 },
  { moment: "fault", begins: /fault (commanded|bit)/, withinMs: 20_000 },
  { moment: "restore", begins: /fault heal-commanded|== clean up/, withinMs: 3_000 },
] as const;

interface KillRow extends Row {
  readonly moment: string;
  readonly afterMs: number;
  readonly leaks: readonly string[];
}

async function kill(number: number): Promise<KillRow> {
  const seed = seedOf(number);
  const { moment, begins, withinMs } = MOMENTS[number % MOMENTS.length] as (typeof MOMENTS)[number];
  const afterMs = seededRandom(seed).int(withinMs);
  const before = await untouched(AbortSignal.timeout(60_000));
  const parent = mkdtempSync(join(tmpdir(), "gameday-sigkill-"));
  const argv = ["bin/gameday.mjs", "run", PLAN, "--seed", seed, "--out", join(parent, "run")];
  const child = spawn("node", argv, { stdio: ["ignore", "pipe", "inherit"] });
  await printed(child, begins);
  await delay(afterMs);
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  rmSync(parent, { recursive: true });
  const leaks = await settled(before);
  return {
    command: `gameday run ${PLAN} --seed ${seed}`,
    commit: commit(),
    seed,
    date: new Date().toISOString().slice(0, 19),
    moment,
    afterMs,
    leaks,
  };
}

/** Resolves at the first line that matches; rejects when the run ends before it. */
async function printed(child: ChildProcess, begins: RegExp): Promise<void> {
  if (child.stdout === null) throw new Error("expected a pipe, got none");
  for await (const line of createInterface(child.stdout)) if (begins.test(line)) return void child.stdout.resume();
  throw new Error(`expected a line that matches ${begins}, got the end of the run`);
}

function seedOf(number: number): string {
  return String(2000 + number);
}

/** Returns the number of the first attempt without a row. An attempt whose row was deleted is repeated, at the same moment. */
function nextNumber(rows: readonly KillRow[]): number {
  const seeds = new Set(rows.map((row) => row.seed));
  let number = 0;
  while (seeds.has(seedOf(number))) number++;
  return number;
}

const times = Number(process.argv[2] ?? 20);
let record = readRecord<KillRow>(FILE, "SIGKILL of the tool leaves nothing behind", "npm run prove:sigkill");
while (record.rows.length < times) {
  const row = await kill(nextNumber(record.rows));
  record = addRow(FILE, record, row);
  console.log(
    `${record.rows.length}/${times} ${row.moment} +${row.afterMs} ms: ${row.leaks.length === 0 ? "nothing left" : row.leaks.join("; ")}`,
  );
}
const leaky = record.rows.filter((row) => row.leaks.length > 0).length;
console.log(`${record.rows.length - leaky} without a trace, ${leaky} with leaks`);
process.exitCode = leaky === 0 ? 0 : 1;
