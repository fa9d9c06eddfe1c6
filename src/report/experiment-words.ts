/** What the reports say of an experiment, as page and as text. */
import type { ExperimentVerdict } from "../experiment.ts";
import type { Recovery } from "../outage.ts";
import { figure, interval } from "../std/figure.ts";
import { list } from "../view/figures.ts";

/** Lists what else was on the nodes that were hit: ", with postgres/n1, app/n1-1 on the same node". */
export function standingOn({ standing = [] }: ExperimentVerdict): string {
  return standing.length === 0 ? "" : `, with ${list(standing.map(({ id }) => id))} on the same node`;
}

/** Returns how long users were not served: never "0 s" where there was no outage. */
export function recoveryWords({ state, lowerMs, upperMs, timedFrom }: Recovery): string {
  const from = timedFrom === "heal" ? " after our heal" : "";
  switch (state) {
    case "no-outage-seen":
      return upperMs === null || upperMs === 0
        ? "no outage"
        : `no outage seen; one of up to ${figure(upperMs / 1000)} s may hide`;
    case "no-data":
      return "no data";
    case "not-recovered":
      return `over ${figure(lowerMs / 1000)} s, not seen to end${from}`;
    case "recovered":
      return upperMs === null
        ? `over ${figure(lowerMs / 1000)} s${from}`
        : `${interval(lowerMs / 1000, upperMs / 1000)} s${from}`;
  }
}
