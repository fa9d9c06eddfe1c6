import { isCleanedUp } from "../timeline/phases.ts";
import { plural, rule } from "./rule.ts";

export const noResidue = rule("no-residue", "The run left nothing behind.", ({ story: { residue, phases } }) => {
  if (residue.length === 0 && !isCleanedUp(phases))
    return { status: "unknown", because: "The clean-up did not finish, so residue was not searched for." };
  if (residue.length === 0) return { status: "pass", because: "Nothing was left behind." };
  return {
    status: "fail",
    because: `${plural(residue.length, "thing")} left behind: ${residue.map((left) => `${left.what} at ${left.where}`).join("; ")}.`,
    witnesses: residue.map((left) => ({ says: `${left.what} at ${left.where}`, atMs: left.atMs })),
    figures: { residue: residue.length },
  };
});
