/** Describes the plateau of the load in one sentence, for the reports. */
import { count, figure } from "../std/figure.ts";
import type { Plateau } from "./stats.ts";

export function plateauSays({ seconds, usersFewest, workers, cycleSecondsMean }: Plateau): string {
  const cycle =
    cycleSecondsMean === null ? "" : `; a user made a request every ${figure(cycleSecondsMean)} s on average`;
  const processes = `${workers} worker ${workers === 1 ? "process" : "processes"}`;
  return `At full load for ${count(seconds)} s, in no second of it fewer than ${count(usersFewest)} users, from ${processes}${cycle}.`;
}
