/** Describes the plateau of the load in one sentence, for the reports. */
import { number } from "./format.ts";
import type { Plateau } from "./stats.ts";

export function plateauSays({ seconds, usersFewest, workers, cycleSecondsMean }: Plateau): string {
  const cycle =
    cycleSecondsMean === null ? "" : `; a user made a request every ${number(cycleSecondsMean)} s on average`;
  const processes = `${workers} worker ${workers === 1 ? "process" : "processes"}`;
  return `At full load for ${seconds} s, in no second of it fewer than ${usersFewest} users, from ${processes}${cycle}.`;
}
