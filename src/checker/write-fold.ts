/**
 * The writes of one claim and what happened to them: a single fold, however many checks use it.
 */
import type { Check, Claim, Finding, RunFacts } from "../checker.ts";
import { type Tally, tally } from "./tally.ts";
import { WriteSet } from "./write-set.ts";

export class WriteFold {
  readonly writes: WriteSet;
  readonly #facts: RunFacts;
  #tally: Tally | undefined;
  #isFed = false;

  constructor(claim: Claim, facts: RunFacts) {
    this.writes = new WriteSet(claim, facts);
    this.#facts = facts;
  }

  /** Returns the tally. Call it only after everything was read. */
  tally(): Tally {
    this.#tally ??= tally(this.writes, this.#facts);
    return this.#tally;
  }

  /** Returns a check on this fold. The first check feeds the fold, because all checks of a claim receive the same lines. */
  check(finish: () => Finding): Check {
    const feeds = !this.#isFed;
    this.#isFed = true;
    return {
      operation: (operation) => void (feeds && this.writes.operation(operation)),
      ledger: (line) => void (feeds && this.writes.ledger(line)),
      finish,
    };
  }
}
