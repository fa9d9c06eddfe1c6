import { LedgerReads } from "../ledger/reads.ts";
import type { LedgerEnd } from "../ledger.ts";
import type { Doubt } from "../objective/facts.ts";
import { stampsOf } from "../timeline/rounds.ts";
import { type Ground, rule } from "./rule.ts";

/** One read shows what the ledger holds; only a second read distinguishes "late" from "lost". */
export const LEDGER_READS_MIN = 2;

export const ledgerRead = rule(
  "ledger-read",
  "The ledger of each claim was read back completely, at least twice, after the last fault was healed.",
  (ground) => {
    const claims = ground.evidence.run.plan.claims.filter((claim) => claim.source.kind !== "none");
    const complaints = claims.flatMap((claim) => complaint(claim.object, ground));
    if (claims.length === 0) return { status: "pass", because: "No claim of the plan needs a ledger." };
    if (complaints.length === 0)
      return {
        status: "pass",
        because: `Read completely, at least twice: ${claims.map((claim) => claim.object).join(", ")}.`,
      };
    const because = `${complaints.join("; ")}.`;
    const doubt: Doubt = { kind: "ledger", span: null, because };
    return { status: "unknown", because, doubts: [doubt] };
  },
);

function complaint(object: string, ground: Ground): string[] {
  const reads = ground.ledgerReads.get(object) ?? new LedgerReads();
  const whole = reads.completeEnds();
  if (whole.length < LEDGER_READS_MIN) {
    const why = whole.length === reads.size ? "" : ` (${reads.whyIncomplete()})`;
    return [`the ledger of "${object}" was read completely ${whole.length} times, expected ${LEDGER_READS_MIN}${why}`];
  }
  if (countApart(whole) < LEDGER_READS_MIN) return [`the reads of "${object}" overlap in time, so they count as one`];
  return whole.flatMap((end) => {
    const before = tooEarly(end, ground);
    return before === null ? [] : [`read ${end.read} of "${object}" began before ${before}`];
  });
}

/** Counts the reads that do not overlap: each began after the previous one had ended. */
function countApart(ends: readonly LedgerEnd[]): number {
  let count = 0;
  let freeAtMs = Number.NEGATIVE_INFINITY;
  for (const { startedAtMs, completedAtMs } of ends.toSorted((a, b) => a.completedAtMs - b.completedAtMs)) {
    if (startedAtMs < freeAtMs) continue;
    count++;
    freeAtMs = completedAtMs;
  }
  return count;
}

/** Returns what the read should have waited for ("all faults had ended"), or null if it began late enough. */
function tooEarly(end: LedgerEnd, { story }: Ground): string | null {
  const healed = story.experiments.flatMap((experiment) =>
    stampsOf(experiment.rounds, "heal").map((heal) => heal.atMs),
  );
  if (end.startedAtMs < Math.max(0, ...healed)) return "all faults had ended";
  return end.startedAtMs < (story.load.endMs ?? 0) ? "the load had ended" : null;
}
