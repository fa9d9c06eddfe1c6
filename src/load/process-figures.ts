import type { ProcessFigures } from "./health.ts";

/** This process's own CPU and memory. */
export const processFigures: ProcessFigures = {
  cpuSeconds: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  rssBytes: () => process.memoryUsage.rss(),
};
