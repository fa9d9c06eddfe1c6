import type { ProcessFigures } from "./health.ts";

let rssBytes = 0;

/** Reads the CPU and memory figures of this process. */
export const processFigures: ProcessFigures = {
  cpuSeconds: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  rssBytes: () => {
    try {
      rssBytes = process.memoryUsage.rss();
    } catch {
      // The call opens a file, and there may be no descriptor left. The last figure then stands, so the interval is not lost.
    }
    return rssBytes;
  },
};
