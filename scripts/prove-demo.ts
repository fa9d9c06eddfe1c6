/**
 * `npm run prove:demo [-- TIMES]`: runs the smoke plan repeatedly, with a different seed each time, and adds one row per run to
 * docs/track-record/demo.json. Resumes where the table ends. Exits with 1 when any run failed, or fewer than nine of ten passed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verdict } from "../src/verdict.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/demo.json";
const PLAN = "examples/jewelry-shop/smoke.yaml";

interface DemoRow extends Row {
  readonly verdict: string;
  readonly exitCode: number | null;
  readonly seconds: number;
  /** The verdict's sentence when it is not a pass. */
  readonly cause: string | null;
  readonly experiments: readonly {
    readonly name: string;
    readonly recovery: Readonly<Record<string, readonly [number, number | null]>>;
    readonly acknowledgedLastSecond: number;
    readonly lost: number;
  }[];
}

function play(seed: string): DemoRow {
  const parent = mkdtempSync(join(tmpdir(), "gameday-demo-"));
  const folder = join(parent, "run");
  const argv = ["bin/gameday.mjs", "run", PLAN, "--seed", seed, "--out", folder];
  const started = performance.now();
  const { status, stderr } = spawnSync("node", argv, { encoding: "utf8", maxBuffer: 64 << 20 });
  const seconds = Math.round((performance.now() - started) / 1000);
  const file = join(folder, "verdict.json");
  const verdict = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Verdict) : null;
  const cause = verdict?.verdict === "pass" ? null : (verdict?.sentence ?? stderr.trim().slice(-400));
  if (verdict?.verdict === "pass") rmSync(parent, { recursive: true });
  else console.log(`kept for inspection: ${folder}`);
  return {
    command: `gameday run ${PLAN} --seed ${seed}`,
    commit: commit(),
    seed,
    date: new Date().toISOString().slice(0, 19),
    verdict: verdict?.verdict ?? "none",
    exitCode: status,
    seconds,
    cause,
    experiments: (verdict?.experiments ?? []).map(({ name, recovery, writes }) => ({
      name,
      recovery: Object.fromEntries(
        Object.entries(recovery).map(([each, { lowerMs, upperMs }]) => [each, [lowerMs, upperMs]]),
      ),
      acknowledgedLastSecond: writes.acknowledgedLastSecond,
      lost: writes.lost,
    })),
  };
}

const times = Number(process.argv[2] ?? 10);
let record = readRecord<DemoRow>(FILE, "the demo, ten times", "npm run prove:demo");
while (record.rows.length < times) {
  record = addRow(FILE, record, play(String(1000 + record.rows.length)));
  const { seed, verdict, seconds, cause } = record.rows.at(-1) as DemoRow;
  console.log(
    `${record.rows.length}/${times} seed ${seed}: ${verdict} in ${seconds} s${cause === null ? "" : `: ${cause}`}`,
  );
}
const count = (verdict: string) => record.rows.filter((row) => row.verdict === verdict).length;
console.log(
  `${count("pass")} pass, ${count("fail")} fail, ${count("unknown")} unknown, ${count("none")} without a verdict`,
);
process.exitCode = count("fail") + count("none") === 0 && count("pass") >= 0.9 * times ? 0 : 1;
