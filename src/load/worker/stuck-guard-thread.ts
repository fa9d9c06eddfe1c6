/** The thread of a StuckGuard. It checks twice a second, and ends the whole process when the main thread is stuck for too long. */
import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import type { GuardCells } from "./stuck-guard.ts";

const cells = workerData as GuardCells;
const LOOK_MS = 500;
/** Counted in checks rather than by a clock, because a process that was stopped for a while is not stuck. */
let stuckMs = 0;
let ticks = 0;

for (;;) {
  Atomics.wait(cells, 2, 0, LOOK_MS);
  const now = Atomics.load(cells, 0);
  stuckMs = now === ticks ? stuckMs + LOOK_MS : 0;
  ticks = now;
  if (stuckMs <= Atomics.load(cells, 1)) continue;
  writeSync(2, `gameday: the script let nothing else run for ${stuckMs / 1000} s: this worker is ended\n`);
  process.kill(process.pid, "SIGKILL");
}
