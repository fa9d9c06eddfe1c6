/** Findings that no plan has to ask for: users who never recover, and redundancy that did not come back. */
import type { Finding } from "../checker.ts";
import type { ExperimentVerdict } from "../experiment.ts";
import type { EventOf, Story } from "../timeline/story.ts";

type Health = EventOf<"health">;

export const REDUNDANCY = "redundancy-restored";

export function ownFindings(story: Story, experiments: readonly ExperimentVerdict[]): Finding[] {
  const at = (moment: Health["moment"], lines: readonly Health[]) => lines.filter((line) => line.moment === moment);
  return [
    ...experiments.map(recovery),
    ...story.experiments.flatMap(({ name, health }) =>
      redundancy(name, at("before-fault", health), at("after-fault", health)),
    ),
    ...redundancy("run", at("before-run", story.health), at("after-run", story.health)),
  ];
}

function recovery(experiment: ExperimentVerdict): Finding {
  const { name, usersRecovered, outages } = experiment;
  const { status, because } = usersRecovered;
  return {
    checker: "users-recover",
    object: name,
    status,
    because,
    witnesses: [],
    figures: { outages: outages.length },
  };
}

/**
 * Users may be served while a member is missing: that redundancy is lost shows only in the health after the fault. What
 * was missing before it was not lost by it: that is no finding about the platform, and no proof of anything either.
 */
function redundancy(object: string, before: readonly Health[], after: readonly Health[]): Finding[] {
  if (after.length === 0) return [];
  const missing = after.filter((line) => !line.ok);
  const never = before.filter((line) => !line.ok).map((line) => line.name);
  const lost = missing.filter((line) => !never.includes(line.name));
  const witnesses = missing.map(({ name, expected, seen, atMs }) => ({
    says: `${name}: expected ${expected}, seen ${seen}`,
    atMs,
  }));
  return [
    {
      checker: REDUNDANCY,
      object,
      status: lost.length > 0 ? "fail" : missing.length > 0 ? "unknown" : "pass",
      because: explain(after, missing, lost),
      witnesses: witnesses.slice(0, 10),
      figures: { unmet: missing.length },
    },
  ];
}

function explain(after: readonly Health[], missing: readonly Health[], lost: readonly Health[]): string {
  if (missing.length === 0) return `All ${after.length} health checks hold again.`;
  const seen = (lines: readonly Health[]) => lines.map((line) => `${line.name}: ${line.seen}`).join("; ");
  return lost.length > 0
    ? `${missing.length} of ${after.length} health checks do not hold: ${seen(missing)}.`
    : `${missing.length} of ${after.length} health checks do not hold, and did not before either: ${seen(missing)}.`;
}
