/** What the simulated tool records in memory: the parts of an Evidence, in order of recording. */
import type { Operation } from "../../src/history.ts";
import type { Interval } from "../../src/interval.ts";
import type { LedgerLine } from "../../src/ledger.ts";
import type { TimelineEvent } from "../../src/timeline.ts";

export class FakeRecorder {
  readonly timeline: TimelineEvent[] = [];
  readonly operations: Operation[] = [];
  readonly intervals: Interval[] = [];
  readonly ledger: LedgerLine[] = [];

  event(event: TimelineEvent): void {
    this.timeline.push({ ...event, atMs: stamp(event.atMs) });
  }
}

/** Rounds to microseconds, the resolution of a real clock; more digits would only make the lines longer. */
export function stamp(atMs: number): number {
  return Math.round(atMs * 1000) / 1000;
}
