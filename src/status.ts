/** A judgement in one word, from best to worst: pass, unknown, fail. Missing evidence is unknown, never pass. */
export type Status = "pass" | "unknown" | "fail";

const SEVERITY: Readonly<Record<Status, number>> = { pass: 0, unknown: 1, fail: 2 };

/** Returns the worst of the given statuses, or unknown if the list is empty. */
export function worst(statuses: readonly Status[]): Status {
  if (statuses.length === 0) return "unknown";
  return statuses.reduce((a, b) => (SEVERITY[a] >= SEVERITY[b] ? a : b));
}
