import type { Doubt } from "../objective/facts.ts";
import { isBare } from "../plan/bare.ts";
import type { EventOf } from "../timeline/story.ts";
import { type Ground, plural, rule } from "./rule.ts";

type Health = EventOf<"health">;

/** A platform that was not healthy before a fault was not really tested, so the result is neither pass nor fail. */
export const healthyBefore = rule(
  "healthy-before",
  "The platform was healthy before the run and before each fault.",
  (ground) => {
    if (isBare(ground.evidence.run.plan))
      return { status: "pass", because: "The platform is a bare URL, whose health cannot be queried." };
    const bad = ground.story.health.filter((line) => !line.ok && isBefore(line));
    const unseen = unchecked(ground);
    if (bad.length === 0 && unseen.length === 0) {
      const lines = ground.story.health.filter(isBefore).length;
      return { status: "pass", because: `All ${plural(lines, "check")} before the run and before each fault held.` };
    }
    const doubts = [...bad.map(doubtOf), ...unseen];
    return {
      status: "unknown",
      because: `Steady state not met: ${doubts.map((doubt) => doubt.because).join("; ")}.`,
      witnesses: bad.map((line) => ({ says: sentence(line), atMs: line.atMs })),
      doubts,
    };
  },
);

function isBefore(line: Health): boolean {
  return line.moment === "before-run" || line.moment === "before-fault";
}

function sentence(line: Health): string {
  const where = line.experiment === undefined ? "before the run" : `before "${line.experiment}"`;
  return `${where}, ${line.name}: expected ${line.expected}, seen ${line.seen}`;
}

function doubtOf(line: Health): Doubt {
  const because = sentence(line);
  if (line.experiment === undefined) return { kind: "all", span: null, because };
  return { kind: "fault", span: null, experiment: line.experiment, because };
}

function unchecked({ story }: Ground): Doubt[] {
  const run: Doubt[] = story.health.some((line) => line.moment === "before-run")
    ? []
    : [{ kind: "all", span: null, because: "health before the run was not recorded" }];
  const faults = story.experiments
    .filter((experiment) => !experiment.health.some((line) => line.moment === "before-fault"))
    .map((experiment): Doubt => {
      const because = `health before "${experiment.name}" was not recorded`;
      return { kind: "fault", span: null, experiment: experiment.name, because };
    });
  return [...run, ...faults];
}
