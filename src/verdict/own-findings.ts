/** Findings that no plan has to ask for: users who never recover, and redundancy that did not come back. */
import type { Finding } from "../checker.ts";
import type { ExperimentVerdict } from "../verdict.ts";
import type { EventOf, Story } from "./story.ts";

export const REDUNDANCY = "redundancy-restored";

export function ownFindings(story: Story, experiments: readonly ExperimentVerdict[]): Finding[] {
  const after = story.health.filter((line) => line.moment === "after-run");
  return [
    ...experiments.map(recovery),
    ...story.experiments.flatMap(({ name, health }) =>
      redundancy(
        name,
        health.filter((line) => line.moment === "after-fault"),
      ),
    ),
    ...redundancy("run", after),
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

/** Users may be served while a member is missing: that redundancy is lost shows only in the health after the fault. */
function redundancy(object: string, lines: readonly EventOf<"health">[]): Finding[] {
  if (lines.length === 0) return [];
  const missing = lines.filter((line) => !line.ok);
  const witnesses = missing.map(({ name, expected, seen, atMs }) => ({
    says: `${name}: expected ${expected}, seen ${seen}`,
    atMs,
  }));
  const because =
    missing.length === 0
      ? `All ${lines.length} health checks hold again.`
      : `${missing.length} of ${lines.length} health checks do not hold: ${missing.map((line) => `${line.name}: ${line.seen}`).join("; ")}.`;
  const status = missing.length === 0 ? "pass" : "fail";
  return [
    {
      checker: REDUNDANCY,
      object,
      status,
      because,
      witnesses: witnesses.slice(0, 10),
      figures: { unmet: missing.length },
    },
  ];
}
