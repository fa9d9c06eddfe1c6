/** Entry point of a worker that is a child process of its coordinator; the only part of a worker that touches `process`. */

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
// Trouble in callbacks of a script's own: told, and survived.
process.on("uncaughtException", (error) => worker.scriptTrouble(error));
process.on("unhandledRejection", (reason) => worker.scriptTrouble(reason));
// The coordinator is gone: nobody would read what this worker did.
process.on("disconnect", () => exit(0));
// Ctrl-C reaches the whole process group; the coordinator decides when workers stop.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
process.on("SIGHUP", () => undefined); // a terminal that closes tells the whole group, too
