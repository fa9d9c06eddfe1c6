import { plural, rule } from "./rule.ts";

/** One clock for all: nothing ends before it begins, and nothing is stamped outside the run. */
export const clocksSane = rule("clocks-sane", "All stamps are on one clock: none ends before it begins.", (ground) => {
  const { operations, evidence } = ground;
  const events = evidence.timeline.filter(({ atMs }) => !Number.isFinite(atMs) || atMs < 0).length;
  const bad = operations.impossible + events;
  if (bad === 0) return { status: "pass", because: "No stamp is impossible." };
  const because = `${plural(bad, "stamp")} cannot be: an operation that ends before it begins, or a time outside the run.`;
  const witnesses = operations.impossibleTimes.map((id) => ({ says: "ended before it began", id }));
  return { status: "unknown", because, witnesses, doubts: [{ kind: "all", span: null, because }] };
});
