/** The figures of a whole run, for when it is over and no second is the latest any more. Pure. */
import type { LiveState } from "../../api.ts";
import type { LiveFold } from "./fold.ts";

/**
 * Returns requests, failures and latencies of all requests. A run that was kept without its intervals has no latencies of the whole,
 * and its requests are those of its seconds.
 */
export function totalsOf({ traffic, seconds }: Pick<LiveFold, "traffic" | "seconds">): LiveState["totals"] {
  const { columns } = seconds.columns();
  const sum = (column: readonly (number | null)[]) =>
    Math.round(column.reduce<number>((all, one) => all + (one ?? 0), 0));
  const users = columns.users.reduce<number | null>(
    (most, one) => (one === null ? most : Math.max(most ?? 0, one)),
    null,
  );
  const counted = traffic.totals();
  const failed = sum(columns.failed);
  const ofSeconds = { requests: sum(columns.ok) + failed, failed, p50Ms: null, p95Ms: null, p99Ms: null };
  return { ...(counted.requests > 0 ? counted : ofSeconds), usersMost: users };
}
