/** What the simulated tool writes down in memory: the parts of an Evidence, in order of recording. */
import type { Operation } from "../../history.ts";
import type { Interval } from "../../interval.ts";
import type { LedgerLine } from "../../ledger.ts";
import type { TimelineEvent } from "../../timeline.ts";

export class Recorder {
  readonly timeline: TimelineEvent[] = [];
  readonly operations: Operation[] = [];
  readonly intervals: Interval[] = [];
  readonly ledger: LedgerLine[] = [];

  event(event: TimelineEvent): void {
    this.timeline.push({ ...event, atMs: stamp(event.atMs) });
  }
}

/** Microseconds are what a real clock would give; more digits only make long lines. */
export function stamp(atMs: number): number {
  return Math.round(atMs * 1000) / 1000;
}
