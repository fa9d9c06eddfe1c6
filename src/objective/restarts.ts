/**
 * Counts unexpected restarts. A fault explains a restart within its own window only if the target was hit, runs on a node that
 * was hit, or is declared by the platform to follow one of these. It does not explain other restarts at the same time.
 */
import { contains } from "../outage/span.ts";
import { type EventOf, type ExperimentStory, groupOf } from "../timeline/story.ts";
import type { Facts } from "./facts.ts";
import { exactly, type Measure } from "./measure.ts";
import { provenBy } from "./watched.ts";

type Restart = EventOf<"restart">;

export const unexpectedRestarts: Measure = {
  name: "unexpected-restarts",
  unit: "restarts",
  says: "Restarts that no fault of the plan explains (crashes, OOM kills). Not counted, within a fault's window: restarts of what it hit, of what stands on a node that it hit, and of what the platform declares to follow them.",
  watches: "restarts",
  over: [
    {
      name: "window",
      required: false,
      says: "`whole` also counts those that a fault explains",
      values: ["outside", "whole"],
    },
  ],
  read(over, facts) {
    const { story } = facts;
    const all = over["window"] === "whole";
    const own = story.restarts.filter((restart) => !restart.expected);
    const found = own.filter((restart) => all || !isExplained(restart, facts));
    const witnesses = found.map((restart) => witnessOf(restart, facts));
    const explained = own.length - found.length;
    const more =
      explained === 0 ? "" : ` (${explained} more were of targets that a fault hit, or of what depends on them)`;
    return {
      range: exactly(found.length),
      says: `${found.length} restarts that no fault explains${more}`,
      witnesses,
      ...provenBy(story),
    };
  },
};

function witnessOf(restart: Restart, { story, windows }: Facts): string {
  const during = story.experiments.find((one) => isDuring(one, restart, windows));
  const where = during === undefined ? "" : `, during "${during.name}", which did not touch it`;
  return `${(restart.atMs / 1000).toFixed(1)} s: ${restart.target}: ${restart.reason}${where}`;
}

function isExplained(restart: Restart, { story, windows }: Facts): boolean {
  return story.experiments.some(
    (one) =>
      isDuring(one, restart, windows) && groupOf(one, story.experiments).some((other) => isTouchedBy(other, restart)),
  );
}

function isDuring({ name }: ExperimentStory, { atMs }: Restart, windows: Facts["windows"]): boolean {
  const own = windows.find(({ key }) => key === `during:${name}`)?.spans ?? [];
  return own.some((span) => contains(span, atMs));
}

function isTouchedBy(experiment: ExperimentStory, { target, node, follows = [] }: Restart): boolean {
  const { targets, rounds } = experiment;
  const commanded = rounds.flatMap(({ changes }) => changes.map((change) => change.target));
  const standing = experiment.standing ?? [];
  if ([...targets, ...standing].some(({ id, role }) => id === target || follows.includes(role))) return true;
  return commanded.includes(target) || (node !== undefined && nodesHit(experiment, commanded).has(node));
}

/** Returns the nodes that were hit. A change to something other than a chosen target was made to the node of a chosen target. */
function nodesHit({ targets }: ExperimentStory, commanded: readonly string[]): ReadonlySet<string> {
  const onNodes = commanded.some((id) => !targets.some((target) => target.id === id));
  return new Set(targets.filter(({ role }) => role === "node" || onNodes).map(({ node }) => node));
}
