import type { Doubt } from "../objective/facts.ts";
import { stampsOf } from "../timeline/rounds.ts";
import type { ExperimentStory } from "../timeline/story.ts";
import { changeOf } from "./faults-bit.ts";
import { plural, rule } from "./rule.ts";

/** Everything after a fault that did not end was measured on a broken platform. */
export const faultsEnded = rule(
  "faults-ended",
  "Every fault was seen to be gone, from inside each of its targets, before anything else was judged.",
  ({ story }) => {
    const doubts = story.experiments.filter(({ rounds }) => stampsOf(rounds, "bite").length > 0).flatMap(doubtsOf);
    const heals = story.experiments.flatMap(({ rounds }) =>
      stampsOf(rounds, "heal").toSorted((a, b) => a.atMs - b.atMs),
    );
    const witnesses = heals.map((heal) => ({
      says: heal.witness?.says ?? `no witness for ${heal.target}`,
      atMs: heal.atMs,
    }));
    if (doubts.length === 0)
      return { status: "pass", because: `Seen from inside: ${plural(heals.length, "healing")}.`, witnesses };
    return { status: "unknown", because: `${doubts.map((doubt) => doubt.because).join("; ")}.`, witnesses, doubts };
  },
);

function doubtsOf(experiment: ExperimentStory): Doubt[] {
  const because = complaint(experiment);
  return because === null ? [] : [{ kind: "ledger", span: null, experiment: experiment.name, because }];
}

function complaint({ name, rounds }: ExperimentStory): string | null {
  const failed = stampsOf(rounds, "notHealed")[0];
  if (failed !== undefined)
    return `the fault of "${name}" did not end on ${failed.target}: ${failed.because ?? "no reason recorded"}`;
  const unseen = rounds.flatMap(({ changes }, index) => {
    const without = changes.filter(({ heal }) => heal?.witness == null);
    return without.map((change) => changeOf(change, rounds.length, index));
  });
  return unseen.length === 0 ? null : `the end of the fault of "${name}" was not seen from inside ${unseen.join(", ")}`;
}
