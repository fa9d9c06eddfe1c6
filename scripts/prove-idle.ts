/**
 * `npm run prove:idle [-- SECONDS]`: runs a lab with the quick plan's app and autoscaler, but without any load, for five minutes.
 * The three replicas must remain three. Adds one row to docs/track-record/idle.json.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parsePlan } from "../src/plan/parse.ts";
import { createLab, labKind } from "../src/platform/lab.ts";
import { monotonicClock } from "../src/std/clock.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/idle.json";
const PLAN = "examples/jewelry-shop/quick.yaml";

interface IdleRow extends Row {
  readonly seconds: number;
  readonly syncs: number;
  readonly desired: readonly number[];
  readonly readyLeast: number;
  readonly utilizationMost: number;
}

const seconds = Number(process.argv[2] ?? 300);
const folder = dirname(PLAN);
const { plan } = parsePlan(readFileSync(PLAN, "utf8"), {
  file: PLAN,
  environment: {},
  platforms: { lab: labKind.schema },
  folder,
});
const logs = mkdtempSync(join(tmpdir(), "gameday-idle-"));
const clock = monotonicClock();
const lab = createLab(plan.platform, { folder, logFolder: logs, clock, runId: "idle" });
const desired = new Set<number>();
let [syncs, readyLeast, utilizationMost] = [0, Number.POSITIVE_INFINITY, 0];

await lab.prepare(AbortSignal.timeout(180_000));
const end = AbortSignal.timeout(seconds * 1_000);
const watch = lab.watch((event) => {
  if (event.type !== "replicas" || event.detail === undefined) return;
  syncs++;
  desired.add(event.desired);
  readyLeast = Math.min(readyLeast, event.ready);
  const { decision } = event.detail as unknown as { decision: { utilization: number | null } };
  utilizationMost = Math.max(utilizationMost, decision.utilization ?? 0);
}, end);
await delay(seconds * 1_000);
await watch;
await lab[Symbol.asyncDispose]();
rmSync(logs, { recursive: true });

const row: IdleRow = {
  command: `npm run prove:idle -- ${seconds}`,
  commit: commit(),
  seed: "none",
  date: new Date().toISOString().slice(0, 19),
  seconds,
  syncs,
  desired: [...desired],
  readyLeast,
  utilizationMost,
};
addRow(FILE, readRecord<IdleRow>(FILE, "without load three replicas stay three", "npm run prove:idle"), row);
console.log(
  `${syncs} syncs in ${seconds} s: desired ${row.desired}, at least ${readyLeast} ready, CPU at most ${utilizationMost} % of the request`,
);
process.exitCode = syncs > 0 && row.desired.length === 1 && row.desired[0] === 3 && readyLeast === 3 ? 0 : 1;
