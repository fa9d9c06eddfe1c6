/** Findings that every run gets without asking for them: users who never recover, and redundancy that was not restored. */
import type { Finding } from "../checker.ts";
import type { ExperimentVerdict } from "../experiment.ts";
import type { EventOf, Story } from "../timeline/story.ts";

type Health = EventOf<"health">;

export const REDUNDANCY = "redundancy-restored";
export const NEVER_SUCCEEDED = "succeeds-at-all";
export const LOGINS_REPEATED = "logins-repeated";
/** The checkers that judge every run, whatever its plan contains. By themselves, their findings prove nothing. */
export const UNASKED: ReadonlySet<string> = new Set([REDUNDANCY, LOGINS_REPEATED, NEVER_SUCCEEDED]);

/** Reports in every verdict how many logins were repeated because tokens were rejected; users hardly notice those. */
export function repeatedLogins(count: number): Finding[] {
  if (count === 0) return [];
  const because = `${count} login${count === 1 ? " was" : "s were"} repeated because tokens were rejected.`;
  return [
    { checker: LOGINS_REPEATED, object: "users", status: "pass", because, witnesses: [], figures: { repeated: count } },
  ];
}

export function ownFindings(story: Story, experiments: readonly ExperimentVerdict[]): Finding[] {
  const at = (moment: Health["moment"], lines: readonly Health[]) => lines.filter((line) => line.moment === moment);
  const cutShort = story.controls.some(({ command }) => command === "interrupt" || command === "stop");
  return [
    ...experiments.map(recovery),
    ...story.experiments.flatMap(({ name, health, abortedBecause }) => {
      const looks = { before: at("before-fault", health), after: at("after-fault", health) };
      return redundancy(name, looks, cutShort || abortedBecause !== null);
    }),
    ...redundancy("run", { before: at("before-run", story.health), after: at("after-run", story.health) }, cutShort),
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

interface Looks {
  readonly before: readonly Health[];
  readonly after: readonly Health[];
}

/**
 * Judges whether redundancy was restored. Users may be served while a member is missing, so a loss of redundancy shows only in
 * the health checks after the fault. A check that also failed before the fault is not held against the platform, but it leaves
 * the finding unknown. So does a check that was made only before or only after the fault; there is no finding at all if the run
 * was cut short before any check after the fault (`mayBeLeftOut`).
 */
function redundancy(object: string, { before, after }: Looks, mayBeLeftOut: boolean): Finding[] {
  if (after.length === 0 && mayBeLeftOut) return [];
  const missing = after.filter((line) => !line.ok);
  const never = before.filter((line) => !line.ok).map((line) => line.name);
  const lost = missing.filter((line) => !never.includes(line.name));
  const unseen = lookedAtOnce({ before, after });
  const witnesses = missing.map(({ name, expected, seen, atMs }) => ({
    says: `${name}: expected ${expected}, seen ${seen}`,
    atMs,
  }));
  return [
    {
      checker: REDUNDANCY,
      object,
      status: lost.length > 0 ? "fail" : missing.length > 0 || unseen.length > 0 ? "unknown" : "pass",
      because: [explain(after, missing, lost), ...unseenSays(unseen)].filter((text) => text !== "").join(" "),
      witnesses: witnesses.slice(0, 10),
      figures: { unmet: missing.length },
    },
  ];
}

/** Returns the names of the checks that were not made equally often before and after the fault, as they should have been. */
function lookedAtOnce({ before, after }: Looks): string[] {
  const times = (lines: readonly Health[], name: string) => lines.filter((line) => line.name === name).length;
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const once = names.filter((name) => times(before, name) !== times(after, name));
  return before.length + after.length === 0 ? ["anything"] : once;
}

function unseenSays(unseen: readonly string[]): string[] {
  return unseen.length === 0 ? [] : [`No record shows whether it held both before and after: ${unseen.join(", ")}.`];
}

function explain(after: readonly Health[], missing: readonly Health[], lost: readonly Health[]): string {
  if (after.length === 0) return "";
  if (missing.length === 0) return `All ${after.length} health checks hold again.`;
  const seen = (lines: readonly Health[]) => lines.map((line) => `${line.name}: ${line.seen}`).join("; ");
  return lost.length > 0
    ? `${missing.length} of ${after.length} health checks fail: ${seen(missing)}.`
    : `${missing.length} of ${after.length} health checks fail, and failed before as well: ${seen(missing)}.`;
}
