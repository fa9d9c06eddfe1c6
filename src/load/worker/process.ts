/** Entry point of a worker that is a child process of its coordinator. */

import { askByPipe } from "../rows/pipe.ts";
import { guardProcess } from "../script/guard.ts";
import type { FromWorker, ToWorker } from "../wire/protocol.ts";
import { Worker } from "../worker.ts";
import { processFigures } from "./process-figures.ts";

const { send, exit } = guardProcess();
const worker = new Worker(
  processFigures,
  (message: FromWorker) => {
    if (process.connected) send?.(message);
  },
  () => exit(0),
  askByPipe(),
);

process.on("message", (message: ToWorker) => void worker.obey(message));
// Errors in a script's own callbacks are reported, and do not end the worker.
process.on("uncaughtException", (error) => worker.scriptTrouble(error));
process.on("unhandledRejection", (reason) => worker.scriptTrouble(reason));
// Without its coordinator, nothing would read the worker's reports.
process.on("disconnect", () => exit(0));
// Ctrl-C reaches the whole process group; the coordinator decides when workers stop.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
process.on("SIGHUP", () => undefined); // a terminal that closes signals the whole group, too
