/** What a coordinator knows about one of its workers. */
import type { Link } from "../wire/link.ts";

export interface Member {
  readonly name: string;
  readonly slot: number;
  readonly link: Link;
  state: "starting" | "ready" | "running" | "done" | "lost";
  lastSequence: number;
  /** End of its last report, on the run's clock; null before the first report. */
  lastToMs: number | null;
  lastHeardMs: number;
  /** Where the worker is stuck, as its inspector reported while it was silent. */
  stuckAt: string | null;
  asked: boolean;
}

export function newMember(name: string, slot: number, link: Link, nowMs: number): Member {
  const quiet = { lastSequence: 0, lastToMs: null, lastHeardMs: nowMs, stuckAt: null, asked: false };
  return { name, slot, link, state: "starting", ...quiet };
}
