import type { Doubt } from "../objective/facts.ts";
import { type ChangeStory, stampsOf } from "../timeline/rounds.ts";
import type { ExperimentStory } from "../timeline/story.ts";
import { plural, rule } from "./rule.ts";

/** A fault that never bit proves nothing, whatever the users felt. */
export const faultsBit = rule(
  "faults-bit",
  "Every fault was seen to bite, from inside each of its targets.",
  ({ story }) => {
    const doubts = story.experiments.flatMap(doubtsOf);
    const bites = story.experiments.flatMap(({ rounds }) => stampsOf(rounds, "bite"));
    const witnesses = bites.map((bite) => ({
      says: bite.witness?.says ?? `no witness for ${bite.target}`,
      atMs: bite.atMs,
    }));
    if (doubts.length > 0) {
      const because = `${doubts.map((doubt) => doubt.because).join("; ")}.`;
      return { status: "unknown", because, witnesses, doubts };
    }
    if (bites.length === 0) return { status: "pass", because: "No fault was planned." };
    return { status: "pass", because: `Seen from inside: ${plural(bites.length, "bite")}.`, witnesses };
  },
);

function doubtsOf(experiment: ExperimentStory): Doubt[] {
  const because = complaint(experiment);
  return because === null ? [] : [{ kind: "fault", span: null, experiment: experiment.name, because }];
}

function complaint(experiment: ExperimentStory): string | null {
  const { name, rounds } = experiment;
  if (experiment.abortedBecause !== null && stampsOf(rounds, "bite").length === 0)
    return `"${name}" was aborted: ${experiment.abortedBecause}`;
  if (rounds.length === 0) return `the fault of "${name}" was never commanded`;
  const failed = stampsOf(rounds, "notBitten")[0];
  if (failed !== undefined)
    return `the fault of "${name}" did not bite ${failed.target}: ${failed.because ?? "no reason recorded"}`;
  const unseen = rounds.flatMap(({ changes }, index) => {
    const without = changes.filter(({ bite }) => bite?.witness == null);
    return without.map((change) => changeOf(change, rounds.length, index));
  });
  return unseen.length === 0 ? null : `the fault of "${name}" was not seen from inside ${unseen.join(", ")}`;
}

/** Describes a change: its target, the capability, and the round if there are several. */
export function changeOf({ target, capability }: ChangeStory, rounds: number, index: number): string {
  const what = capability === null ? target : `${target} (${capability})`;
  return rounds === 1 ? what : `${what} in round ${index + 1}`;
}
