import type { ProcessFigures } from "./health.ts";

let rssBytes = 0;

/** This process's own CPU and memory. */
export const processFigures: ProcessFigures = {
  cpuSeconds: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  rssBytes: () => {
    try {
      rssBytes = process.memoryUsage.rss();
    } catch {
      // It opens a file, and there may be no descriptor left: the last figure stands, and the interval is not lost.
    }
    return rssBytes;
  },
};
