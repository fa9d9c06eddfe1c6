/** A judgement in one word, worst last: pass, unknown, fail. No evidence is unknown, never pass. */
export type Status = "pass" | "unknown" | "fail";

const SEVERITY: Readonly<Record<Status, number>> = { pass: 0, unknown: 1, fail: 2 };

/** The worst of the given; unknown when there is none. */
export function worst(statuses: readonly Status[]): Status {
  if (statuses.length === 0) return "unknown";
  return statuses.reduce((a, b) => (SEVERITY[a] >= SEVERITY[b] ? a : b));
}
