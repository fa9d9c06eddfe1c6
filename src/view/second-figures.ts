/** Turns the row of a second into the figures that charts and tables show: requests and other calls are counted together. */
import type { SecondFigures } from "../api/live.ts";
import type { Second } from "../second.ts";

/** Returns the figures of a row; null stands for what is not known, and for what an older version did not write. */
export function figuresOfSecond(row: Second): SecondFigures {
  const { p50Ms, p95Ms, p99Ms, users, usersIntended, dropped, replicasReady, replicasWanted } = row;
  return {
    ok: sumOf(row.answered ?? null, row.callsAnswered ?? null),
    failed: sumOf(row.failed ?? null, row.callsFailed ?? null),
    p50Ms: p50Ms ?? null,
    p95Ms: p95Ms ?? null,
    p99Ms: p99Ms ?? null,
    users: users ?? null,
    usersIntended: usersIntended ?? null,
    dropped: dropped ?? null,
    replicasReady: replicasReady ?? null,
    replicasWanted: replicasWanted ?? null,
  };
}

function sumOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}
