/** Writes what a coordinator observes about its workers as events of the timeline. */
import type { Interval } from "../../interval.ts";
import type { LoadOptions } from "../../load.ts";
import type { Json } from "../../std/json.ts";
import type { NoteKind } from "../../timeline.ts";
import type { Member } from "./member.ts";

/** How far in the future a report may end before it is noted; far more than the error of any measured clock offset. */
const FUTURE_MS = 1_000;

export class CoordinatorEvents {
  readonly #options: LoadOptions;
  readonly #ahead = new Set<string>();

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  worker(member: Member, edge: "joined" | "left" | "lost"): void {
    const { clock, onEvent } = this.#options;
    onEvent({ atMs: clock.nowMs(), type: "worker", worker: member.name, edge, lastSequence: member.lastSequence });
  }

  note(says: string, source = "load", detail: Json = null, kind?: NoteKind): void {
    const { clock, onEvent } = this.#options;
    const more = { ...(kind !== undefined && { kind }), ...(detail !== null && { detail }) };
    onEvent({ atMs: clock.nowMs(), type: "note", source, says, ...more });
  }

  /** Records that what a worker did in that time is unknown or uncertain. */
  gap(member: Member, { fromMs, toMs, because }: { fromMs: number; toMs: number; because: string }): void {
    const { clock, onEvent } = this.#options;
    onEvent({ atMs: clock.nowMs(), type: "gap", source: `load/${member.name}`, fromMs, toMs, because });
  }

  /** Records a gap when reports between the worker's last one and this one never arrived. */
  missing(member: Member, { sequence, fromMs }: Interval): void {
    const count = sequence - member.lastSequence - 1;
    if (count <= 0 || member.lastToMs === null) return; // null: earlier reports went to another coordinator
    const because = `${count} reports of worker ${member.name} never came`;
    this.gap(member, { fromMs: member.lastToMs, toMs: fromMs, because });
  }

  /**
   * Notes, once per worker, that a report ends in the future: the worker's clock, or ours, has jumped since they were
   * compared.
   */
  future(member: Member, { toMs }: Interval): void {
    const aheadMs = toMs - this.#options.clock.nowMs();
    if (aheadMs < FUTURE_MS + (member.link.lineMs ?? 0) || this.#ahead.has(member.name)) return;
    this.#ahead.add(member.name);
    const says = `reports of ${member.name} come from ${Math.round(aheadMs)} ms in the future: a clock has jumped, and when it did what is not known`;
    this.note(says, member.name);
  }
}
