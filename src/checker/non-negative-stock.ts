/**
 * non-negative-stock: no stock is ever below zero, and none is sold that was not there.
 *
 * Feeds: operations kind "take" and "put" (input: a number, or { quantity }; 1 where there is none; `key`: the article), and
 * "read" (output: a number; optional). Ledger: items { id: article, value: stock }.
 * Options: `initial` (a number, or numbers by article): where it is known, the stock at rest must also be what the
 * acknowledged operations leave of it, give or take the unanswered ones; so selling more than there was is seen even where
 * the shown stock stops at zero.
 *
 * No complete read may show less than zero; what the operations leave is compared with the last of at least two.
 *
 * Figures: acknowledged, unknown, articles, violations, completeReads. O(operations + items) time.
 */
import type { Check, Checker, Claim, Finding, FindingWitness } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import type { Operation } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import { amountOf, BoundsByKey } from "./bounds.ts";
import { LedgerValues, ONLY_READ } from "./ledger-values.ts";
import { numberByKey } from "./option.ts";

export const nonNegativeStock: Checker = {
  name: "non-negative-stock",
  claim: "no stock is below zero, and none is sold that was not there",
  options: ["initial"],
  begin: (claim) => new StockCheck(claim),
};

class StockCheck implements Check {
  readonly #claim: Claim;
  readonly #initial: ((key: string) => number | undefined) | undefined;
  readonly #bounds = new BoundsByKey();
  readonly #values: LedgerValues;
  readonly #violations: FindingWitness[] = [];
  /** Stocks outside of their bounds in the last complete read. */
  readonly #unexplained: FindingWitness[] = [];

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#initial = numberByKey(claim, "initial");
    this.#values = new LedgerValues(claim.object);
  }

  operation(operation: Operation): void {
    if (operation.object !== this.#claim.object) return;
    const sign = { put: 1, take: -1 }[operation.kind];
    if (sign !== undefined) this.#bounds.add(operation.key ?? "", sign * amountOf(operation), operation);
    else if (operation.kind === "read") this.#read(operation);
  }

  ledger(line: LedgerLine): void {
    this.#values.ledger(line);
  }

  finish(): Finding {
    const reads = this.#values.complete();
    const articles = new Set(reads.flatMap(({ values }) => [...values.keys()]));
    for (const { read, values } of reads) {
      for (const [article, value] of values) this.#notNegative(article, value, read);
    }
    const last = reads.at(-1);
    for (const [article, value] of last?.values ?? []) this.#explained(article, value, last?.read ?? 0);
    const missing = this.#bounds.keys().filter((article) => article !== "" && !articles.has(article));
    const { acknowledged, unknown } = this.#bounds;
    return {
      checker: nonNegativeStock.name,
      object: this.#claim.object,
      ...this.#judge(reads.length, articles.size, missing),
      witnesses: [...this.#violations, ...this.#unexplained].slice(0, WITNESSES_MAX),
      figures: {
        acknowledged,
        unknown,
        articles: articles.size,
        violations: this.#violations.length + this.#unexplained.length,
        completeReads: reads.length,
      },
    };
  }

  #read({ outcome, id, key, completedAtMs }: Operation): void {
    if (outcome.type !== "ok" || typeof outcome.output !== "number" || outcome.output >= 0) return;
    const says = `a client read a stock of ${outcome.output}${key === undefined ? "" : ` of ${key}`}`;
    this.#violations.push({ says, id, ...(completedAtMs === null ? {} : { atMs: completedAtMs }) });
  }

  #notNegative(article: string, value: number, read: number): void {
    if (value < 0) this.#violations.push({ says: `${article} has a stock of ${value} in read ${read}`, id: article });
  }

  #explained(article: string, value: number, read: number): void {
    const initial = this.#initial?.(article);
    if (initial === undefined) return;
    const { lower, upper } = this.#bounds.of(article, initial);
    if (value >= lower && value <= upper) return;
    const says = `${article} has ${value} in read ${read}; of ${initial} the operations leave ${lower} to ${upper}`;
    this.#unexplained.push({ says, id: article, detail: { value, lower, upper, read } });
  }

  #judge(reads: number, articles: number, missing: readonly string[]): Pick<Finding, "status" | "because"> {
    const violations = [...this.#violations, ...(reads > 1 ? this.#unexplained : [])];
    const [first] = violations;
    if (first !== undefined) return { status: "fail", because: `${first.says} (${violations.length} violations).` };
    const [doubtful] = this.#unexplained;
    if (doubtful !== undefined) return { status: "unknown", because: `${doubtful.says}: ${ONLY_READ}.` };
    if (reads === 0) {
      return { status: "unknown", because: `No complete read of the ledger: ${this.#values.reads.whyIncomplete()}.` };
    }
    if (articles === 0) return { status: "unknown", because: "The ledger names no article with a number." };
    if (missing.length > 0) {
      const because = `${missing.length} articles were taken or put, and the ledger names no number for them (${missing[0]}).`;
      return { status: "unknown", because };
    }
    if (this.#bounds.acknowledged === 0)
      return { status: "unknown", because: "Not one change of stock was acknowledged." };
    const also = this.#initial === undefined ? "" : ", and what the operations leave of what there was";
    return { status: "pass", because: `All ${articles} articles have a stock of zero or more${also}.` };
  }
}
