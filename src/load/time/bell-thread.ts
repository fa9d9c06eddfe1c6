/** The thread of a FineBell. It waits until the moment of its last order, rings, and waits for the next order. */
import { workerData } from "node:worker_threads";
import type { BellJob } from "./bell.ts";

const { cells, dueMs } = workerData as BellJob;
let order = 0;

/** Waits until the order is due; returns false when another order arrived meanwhile. */
function waited(): boolean {
  const leftMs = (dueMs[0] ?? 0) - Number(process.hrtime.bigint()) / 1e6;
  return leftMs <= 0 || Atomics.wait(cells, 0, order, leftMs) === "timed-out";
}

for (;;) {
  Atomics.wait(cells, 0, order);
  order = Atomics.load(cells, 0);
  if (!waited()) continue;
  Atomics.add(cells, 1, 1);
  Atomics.notify(cells, 1);
}
