/** What a coordinator says of its workers, as events of the timeline. */
import type { Interval } from "../../interval.ts";
import type { LoadOptions } from "../../load.ts";
import type { Json } from "../../std/json.ts";
import type { Member } from "./member.ts";

/** Far more than any clock that was measured can be off. */
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

  note(says: string, source = "load", detail: Json = null): void {
    const { clock, onEvent } = this.#options;
    onEvent({ atMs: clock.nowMs(), type: "note", source, says, ...(detail === null ? {} : { detail }) });
  }

  /** What a worker did in that time is not, or not surely, known. */
  gap(member: Member, { fromMs, toMs, because }: { fromMs: number; toMs: number; because: string }): void {
    const { clock, onEvent } = this.#options;
    onEvent({ atMs: clock.nowMs(), type: "gap", source: `load/${member.name}`, fromMs, toMs, because });
  }

  /** Reports between the last one of the worker and this one, should there be any, never came. */
  missing(member: Member, { sequence, fromMs }: Interval): void {
    const count = sequence - member.lastSequence - 1;
    if (count <= 0 || member.lastToMs === null) return; // null: what came before was told to another coordinator
    const because = `${count} reports of worker ${member.name} never came`;
    this.gap(member, { fromMs: member.lastToMs, toMs: fromMs, because });
  }

  /** What has not been yet: the worker's clock, or ours, has jumped since they were compared. Told once a worker. */
  future(member: Member, { toMs }: Interval): void {
    const aheadMs = toMs - this.#options.clock.nowMs();
    if (aheadMs < FUTURE_MS + (member.link.lineMs ?? 0) || this.#ahead.has(member.name)) return;
    this.#ahead.add(member.name);
    const says = `reports of ${member.name} come from ${Math.round(aheadMs)} ms in the future: a clock has jumped, and when it did what is not known`;
    this.note(says, member.name);
  }
}
