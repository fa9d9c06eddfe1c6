/**
 * `node report-victim.ts FOLDER [CALLS]`: ends a run on the fake as `gameday run` does, from its first report to the last file,
 * and kills itself with SIGKILL before the CALLS-th of its calls that change a file. Without CALLS it prints the number of such
 * calls.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";
import { finishFolder, reportSoFar } from "../../src/cli/run/judgement.ts";
import type { World } from "../../src/cli.ts";
import { EvidenceWriter } from "../../src/evidence/writer.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import { simulateRun } from "../simulator/simulate.ts";

const CHANGING = ["openSync", "writeSync", "writeFileSync", "renameSync"] as const;

const folder = resolve(process.argv[2] ?? "");
const killAt = Number(process.argv[3] ?? Number.POSITIVE_INFINITY);
let calls = 0;

function countFromHere(): void {
  for (const name of CHANGING) {
    const known = fs[name] as (...given: unknown[]) => unknown;
    const counted = (...given: unknown[]) => {
      const reads = name === "openSync" && typeof given[1] === "number";
      if (!reads && ++calls === killAt) process.kill(process.pid, "SIGKILL");
      return known(...given);
    };
    Object.assign(fs, { [name]: counted });
  }
  syncBuiltinESMExports();
}

const quiet = { isTTY: false, columns: 80, write: () => true };
const world = { cwd: folder, owner: null, stdout: quiet, stderr: quiet } as unknown as World;
const objectives = [{ id: "up", says: "half succeed", measure: "success-percent", over: {}, bound: { atLeast: 50 } }];
const run = simulateRun({ seed: "3", users: 3, warmUpMs: 2_000, calmMs: 4_000, objectives });
const writer = new EvidenceWriter({ folder, run: run.run, planText: "name: fake\n", redact: null, owner: null });
const isLate = (event: TimelineEvent) =>
  event.type === "phase" && (event.phase === "report" || event.phase === "clean-up") && event.edge !== "begin";
const first = run.timeline.findIndex((event) => event.type === "phase" && event.phase === "report");
for (const one of run.operations()) writer.operation(one);
for (const one of run.intervals()) writer.interval(one);
for (const one of run.ledger()) writer.ledger(one);
for (const event of run.timeline.slice(0, first + 1)) writer.event(event);
writer.flush();
countFromHere();
reportSoFar(world, folder);
for (const event of run.timeline.slice(first + 1)) writer.event(event);
writer.conclude(run.timeline.at(-1)?.atMs ?? 0);
writer.close();
const code = finishFolder(world, folder, null);
if (!run.timeline.some(isLate)) throw new Error("expected a clean-up in the run, got none");
fs.writeFileSync(1, `${JSON.stringify({ calls, code })}\n`);
