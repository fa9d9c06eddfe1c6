/**
 * non-negative-stock: no stock is ever below zero, and nothing is sold that was not in stock.
 *
 * Feeds: operations of kind "take" and "put" (input: a number, or { quantity }; 1 if absent; `key`: the article), and "read"
 * (output: a number; optional). Ledger: items { id: article, value: stock }. Options: `tolerance` (as in counter-bounds);
 * `initial` (a number, or numbers by article). If the initial stock is known, the stock at rest must also equal what remains of
 * it after the acknowledged operations, within the range that the unanswered ones allow. Overselling is therefore detected even
 * if the displayed stock stops at zero.
 *
 * No complete read may show less than zero. The remainder after all operations is compared with the last of at least two complete
 * reads.
 *
 * Figures: acknowledged, unknown, articles, violations, completeReads, and where they are not zero rounded and unreadable.
 * O(operations + items) time.
 */
import type { Check, Checker, Claim, Finding, FindingWitness } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import type { Operation } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import { type Decimal, jsonOf, textOf, ZERO } from "../std/decimal.ts";
import { unreadableGap } from "./amounts.ts";
import { type Bounds, BoundsByKey, fit, ROUNDED } from "./bounds.ts";
import { type LedgerNumber, LedgerValues, ledgerNumber } from "./ledger-values.ts";
import { decimalByKey, toleranceOption } from "./option.ts";

export const nonNegativeStock: Checker = {
  name: "non-negative-stock",
  claim: "no stock is below zero, and nothing is sold that was not in stock",
  options: ["initial", "tolerance"],
  begin: (claim) => new StockCheck(claim),
};

class StockCheck implements Check {
  readonly #claim: Claim;
  readonly #initial: ((key: string) => Decimal | undefined) | undefined;
  readonly #tolerance: Decimal | undefined;
  #rounded = 0;
  readonly #bounds = new BoundsByKey();
  readonly #values: LedgerValues;
  readonly #negativeReads: Stock[] = [];
  readonly #violations: FindingWitness[] = [];
  /** Stocks that were outside their bounds in the last complete read. */
  readonly #unexplained: FindingWitness[] = [];

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#initial = decimalByKey(claim, "initial");
    this.#tolerance = toleranceOption(claim);
    this.#values = new LedgerValues(claim.object);
  }

  operation(operation: Operation): void {
    if (operation.object !== this.#claim.object) return;
    const { kind, key = "" } = operation;
    if (kind === "put" || kind === "take") this.#bounds.add(key, kind === "put" ? 1 : -1, operation);
    else if (kind === "read") this.#read(operation);
  }

  ledger(line: LedgerLine): void {
    this.#values.ledger(line);
  }

  finish(): Finding {
    const reads = this.#values.complete();
    const articles = new Set(reads.flatMap(({ values }) => [...values.keys()]));
    for (const negative of this.#negativeReads) this.#notNegative(negative);
    for (const { read, values } of reads) {
      for (const [id, rows] of values)
        for (const value of rows) this.#notNegative({ value, key: id, says: `${id} has a stock of`, read, id });
    }
    const last = reads.at(-1);
    for (const [article, rows] of last?.values ?? [])
      for (const value of rows) this.#explained(article, value, last?.read ?? 0);
    const missing = this.#bounds.keys().filter((article) => article !== "" && !articles.has(article));
    const { acknowledged, unknown, unreadable } = this.#bounds;
    unreadable.items(last?.unreadable ?? []);
    const shown = [...this.#violations, ...this.#unexplained, ...unreadable.witnesses];
    return {
      checker: nonNegativeStock.name,
      object: this.#claim.object,
      ...this.#judge(reads.length, articles.size, missing),
      witnesses: shown.slice(0, WITNESSES_MAX),
      figures: {
        acknowledged,
        unknown,
        articles: articles.size,
        violations: this.#violations.length + this.#unexplained.length,
        completeReads: reads.length,
        ...(this.#rounded > 0 && { rounded: this.#rounded }),
        ...(unreadable.count > 0 && { unreadable: unreadable.count }),
      },
    };
  }

  /**
   * Records a client's read. An answer that is no number (a larger object, for example) proves nothing; text that is not a number
   * is reported.
   */
  #read({ outcome, id, key = "", completedAtMs }: Operation): void {
    if (outcome.type !== "ok") return;
    const value = ledgerNumber(outcome.output);
    const at = completedAtMs === null ? {} : { atMs: completedAtMs };
    const of = key === "" ? "" : ` of ${key}`;
    if (value === undefined && typeof outcome.output === "string") {
      const says = `the stock${of} that a client read is ${JSON.stringify(outcome.output)}, which is not a number`;
      this.#bounds.unreadable.note({ says, id, ...at });
    }
    if (value === undefined || value.value.units >= 0n) return;
    this.#negativeReads.push({ value, key, says: `a client read a stock${of} of`, id, ...at });
  }

  #notNegative({ value, key, says, id, atMs, read }: Stock): void {
    const { rounding } = this.#bounds.of(key, this.#initial?.(key) ?? ZERO);
    const fits = this.#fits(value, { lower: ZERO, upper: value.value, rounding });
    if (fits) return;
    const where = read === undefined ? "" : ` in read ${read}`;
    this.#violations.push({
      says: `${says} ${textOf(value.value)}${where}`,
      id,
      ...(atMs === undefined ? {} : { atMs }),
    });
  }

  #explained(article: string, value: LedgerNumber, read: number): void {
    const initial = this.#initial?.(article);
    if (initial === undefined || this.#bounds.isUnreadable(article)) return;
    const bounds = this.#bounds.of(article, initial);
    if (this.#fits(value, bounds)) return;
    const [has, lower, upper] = [value.value, bounds.lower, bounds.upper];
    const says = `${article} has ${textOf(has)} in read ${read}; the operations leave ${textOf(lower)} to ${textOf(upper)} of ${textOf(initial)}`;
    const detail = { value: jsonOf(has), lower: jsonOf(lower), upper: jsonOf(upper), read };
    this.#unexplained.push({ says, id: article, detail });
  }

  #hasInitial(article: string): boolean {
    return this.#initial?.(article) !== undefined;
  }

  #fits(value: LedgerNumber, bounds: Bounds): boolean {
    const found = fit(value, bounds, this.#tolerance);
    if (found === "rounded") this.#rounded += 1;
    return found !== "no";
  }

  #judge(reads: number, articles: number, missing: readonly string[]): Pick<Finding, "status" | "because"> {
    const doubt = this.#values.doubt();
    const violations = [...this.#violations, ...(doubt === null ? this.#unexplained : [])];
    const [first] = violations;
    if (first !== undefined) return { status: "fail", because: `${first.says} (${violations.length} violations).` };
    const [doubtful] = this.#unexplained;
    if (doubtful !== undefined) return { status: "unknown", because: `${doubtful.says}: ${doubt}.` };
    const gap = this.#gap(reads, articles, missing);
    if (gap !== null) return { status: "unknown", because: gap };
    const also = this.#initial === undefined ? "" : ", and as many as the operations leave of their initial stock";
    const sound = `All ${articles} articles have a stock of zero or more${also}.`;
    return { status: "pass", because: this.#rounded === 0 ? sound : `${sound} ${ROUNDED}` };
  }

  /** Returns why the evidence does not suffice for a pass, or null if it does. */
  #gap(reads: number, articles: number, missing: readonly string[]): string | null {
    if (reads === 0) return `No complete read of the ledger: ${this.#values.reads.whyIncomplete()}.`;
    const unreadable = unreadableGap(this.#bounds.unreadable);
    if (unreadable !== null) return unreadable;
    if (articles === 0) return "The ledger names no article with a number.";
    if (missing.length > 0) {
      return `${missing.length} articles were taken or put, but the ledger names no number for them (${missing[0]}).`;
    }
    if (this.#bounds.acknowledged === 0) return "No change of stock was acknowledged.";
    const unsaid =
      this.#initial === undefined ? [] : this.#bounds.keys().filter((article) => !this.#hasInitial(article));
    return unsaid.length === 0
      ? null
      : `${unsaid.length} articles were taken or put that "initial" does not list (${unsaid[0]}), so it is unknown whether more was taken than was in stock.`;
  }
}

/** A stock that a client or a ledger read showed. */
interface Stock extends Omit<FindingWitness, "id"> {
  readonly value: LedgerNumber;
  readonly key: string;
  readonly id: string;
  readonly read?: number;
}
