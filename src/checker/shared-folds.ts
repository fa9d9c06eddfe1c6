/**
 * Folds that several checks of one claim share are kept only once: a million ids in two tables would take twice the memory and
 * time.
 */
import type { Claim, RunFacts } from "../checker.ts";

type Kind<Fold> = new (claim: Claim, facts: RunFacts) => Fold;

/** The folds of one claim. Each is created when the first check requests it. */
export class SharedFolds {
  readonly #claim: Claim;
  readonly #facts: RunFacts;
  readonly #folds = new Map<unknown, unknown>();

  constructor(claim: Claim, facts: RunFacts) {
    this.#claim = claim;
    this.#facts = facts;
  }

  of<Fold>(kind: Kind<Fold>): Fold {
    const known = this.#folds.get(kind);
    if (known instanceof kind) return known;
    const fresh = new kind(this.#claim, this.#facts);
    this.#folds.set(kind, fresh);
    return fresh;
  }
}
