/** The workers of one load, and the epoch that they agree on. */
import type { Clock } from "../../std/clock.ts";
import { RowLedger } from "../rows/ledger.ts";
import { aliveSlots, type Epoch, firstEpoch } from "../share.ts";
import type { Link } from "../wire/link.ts";
import { type Member, newMember } from "./member.ts";
import { stuckAmong } from "./silence.ts";
import { Waiters } from "./waiters.ts";

/** How long workers may take to exit before they are killed. */
const EXIT_MS = 2_000;

export class Roster {
  readonly members: Member[] = [];
  readonly waiters = new Waiters();
  /** Which worker holds which rows of feeders that give each row once. */
  readonly rows: RowLedger;
  readonly #exhausted = Promise.withResolvers<void>();
  /** Resolves when all workers that are alive have used up their iterations. */
  readonly exhausted = this.#exhausted.promise;
  readonly #exhaustedSlots = new Set<number>();
  #epoch: Epoch;

  constructor(workers: number, onNote: (says: string) => void) {
    this.#epoch = firstEpoch(workers);
    this.rows = rowsOfMembers(this.members, workers, onNote);
  }

  get epoch(): Epoch {
    return this.#epoch;
  }

  get isEmpty(): boolean {
    return aliveSlots(this.#epoch).length === 0;
  }

  add(slot: number, link: Link, clock: Clock): void {
    this.members.push(newMember(`w${slot}`, slot, link, clock.nowMs()));
  }

  /** Continues from the epoch of a coordinator that was lost. */
  takeOver(epoch: Epoch): void {
    this.#epoch = epoch;
    this.rows.close("the coordinator that knew which were used was lost");
  }

  /** Begins a new epoch and sends it to all workers with users. */
  change(change: Partial<Epoch>): void {
    this.#epoch = { ...this.#epoch, ...change, number: this.#epoch.number + 1 };
    for (const { link, state } of this.members)
      if (state === "running") link.send({ type: "epoch", epoch: this.#epoch });
  }

  /** Notes that a slot's iterations are used up. */
  exhaust(slot: number): void {
    this.#exhaustedSlots.add(slot);
  }

  lookForExhaustion(): void {
    if (aliveSlots(this.#epoch).every((slot) => this.#exhaustedSlots.has(slot))) this.#exhausted.resolve();
  }

  /** Resolves when `holds` is true of all workers. */
  all(holds: (member: Member) => boolean, what: string, deadlineMs?: number): Promise<void> {
    const stuck = () => stuckAmong(this.members.filter((member) => !holds(member)));
    return this.waiters.wait(() => this.members.every(holds), what, stuck, deadlineMs);
  }

  /** Resolves when all workers have exited. */
  async exit(): Promise<void> {
    for (const { link } of this.members) link.send({ type: "exit" });
    const late = setTimeout(() => this.kill(), EXIT_MS);
    await Promise.all(this.members.map(({ link }) => link.gone));
    clearTimeout(late);
  }

  kill(): void {
    for (const member of this.members) {
      if (member.state !== "lost") member.state = "done";
      member.link.kill();
    }
  }
}

/** Returns the ledger of which worker holds which rows; `members` may be filled later. */
function rowsOfMembers(members: readonly Member[], workers: number, onNote: (says: string) => void): RowLedger {
  const recall = (slot: number, key: string) => members[slot]?.link.send({ type: "rows-back", key });
  return new RowLedger({ workers, recall, onNote });
}
