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
  const cutAtMs = Math.min(
    ...story.controls.filter(({ command }) => command === "interrupt" || command === "stop").map(({ atMs }) => atMs),
  );
  const isCut = Number.isFinite(cutAtMs);
  const looks = (before: readonly Health[], after: readonly Health[]) => ({ before, after, cutAtMs });
  return [
    ...experiments.map(recovery),
    ...story.experiments.flatMap(({ name, health, abortedBecause }) =>
      redundancy(name, looks(at("before-fault", health), at("after-fault", health)), isCut || abortedBecause !== null),
    ),
    ...redundancy("run", looks(at("before-run", story.health), at("after-run", story.health)), isCut),
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
  /** When the run was stopped by hand; infinite if it was not. A look from then on is one whose wait was cut short. */
  readonly cutAtMs: number;
}

/**
 * Judges whether redundancy was restored. Users may be served while a member is missing, so a loss of redundancy shows only in
 * the health checks after the fault. A check that also failed before the fault is not held against the platform, but it leaves
 * the finding unknown. So does a check that was made only before or only after the fault, and one that was made when the run was
 * stopped, because the platform was not given its time then. There is no finding at all if the run was cut short before any check
 * after the fault (`mayBeLeftOut`).
 */
function redundancy(object: string, { before, after, cutAtMs }: Looks, mayBeLeftOut: boolean): Finding[] {
  if (after.length === 0 && mayBeLeftOut) return [];
  const missing = after.filter((line) => !line.ok);
  const never = before.filter((line) => !line.ok).map((line) => line.name);
  const lost = missing.filter((line) => !never.includes(line.name) && line.atMs < cutAtMs);
  const cut = missing.filter((line) => line.atMs >= cutAtMs).map(({ name }) => name);
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
      because: [explain({ after, missing, lost, cutAtMs }), cutSays(cut), ...unseenSays(unseen)]
        .filter((text) => text !== "")
        .join(" "),
      witnesses: witnesses.slice(0, 10),
      figures: { unmet: missing.length },
    },
  ];
}

/** Returns the names of the checks that were not made equally often before and after the fault, as they should have been. */
function lookedAtOnce({ before, after }: Pick<Looks, "before" | "after">): string[] {
  const times = (lines: readonly Health[], name: string) => lines.filter((line) => line.name === name).length;
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const once = names.filter((name) => times(before, name) !== times(after, name));
  return before.length + after.length === 0 ? ["anything"] : once;
}

function unseenSays(unseen: readonly string[]): string[] {
  return unseen.length === 0 ? [] : [`No record shows whether it held both before and after: ${unseen.join(", ")}.`];
}

function cutSays(cut: readonly string[]): string {
  return cut.length === 0 ? "" : `The run was stopped before these had time to recover: ${cut.join(", ")}.`;
}

interface Explained {
  readonly after: readonly Health[];
  readonly missing: readonly Health[];
  readonly lost: readonly Health[];
  readonly cutAtMs: number;
}

function explain({ after, missing, lost, cutAtMs }: Explained): string {
  if (after.length === 0) return "";
  if (missing.length === 0) return `All ${after.length} health checks hold again.`;
  const seen = (lines: readonly Health[]) => lines.map((line) => `${line.name}: ${line.seen}`).join("; ");
  const isNew = lost.length > 0 || missing.some(({ atMs }) => atMs >= cutAtMs);
  return isNew
    ? `${missing.length} of ${after.length} health checks fail: ${seen(missing)}.`
    : `${missing.length} of ${after.length} health checks fail, and failed before as well: ${seen(missing)}.`;
}
