/** The writes of one claim and what became of them: one fold, however many checks look at it. */
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

  /** Once everything was read. */
  tally(): Tally {
    this.#tally ??= tally(this.writes, this.#facts);
    return this.#tally;
  }

  /** A check on this fold. The first one feeds it: all checks of a claim are given the same lines. */
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
