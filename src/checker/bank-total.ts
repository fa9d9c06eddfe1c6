/**
 * bank-total: money moves, but is neither created nor destroyed.
 *
 * Feeds: operations of kind "transfer" (changes no total), "deposit" and "withdraw" (input: a number, or { amount }), and "read"
 * (output: { account: balance, ... } as one snapshot; optional). Ledger: items { id: account, value: balance }. Options: `total`
 * (the total before the run; required), `tolerance` (how far a total may be off; by default it must be exact except for the
 * rounding of binary fractions, see bounds.ts). Text that is a number counts as a number. Any other text makes the finding
 * unknown, and so does a deposit or withdrawal without an amount.
 *
 * Figures: acknowledged, unknown, snapshots (reads by clients), violations, completeReads, total (of the last complete read), and
 * where they are not zero rounded and unreadable. O(operations + items) time. A client's snapshot is compared with the bounds of
 * the whole run, so deposits and withdrawals only widen these bounds. Source: Jepsen's bank workload.
 */
import type { Check, Checker, Claim, Finding, FindingWitness } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import type { Operation } from "../history.ts";
import { STILL_CHANGED } from "../ledger/rest.ts";
import type { LedgerLine } from "../ledger.ts";
import { absolute, type Decimal, isBinaryText, minus, plus, scaleOf, textOf, ZERO } from "../std/decimal.ts";
import { isRecord, type Json } from "../std/json.ts";
import { amountOf, givenAmount, Unreadable, unreadableGap } from "./amounts.ts";
import { type Bounds, fit, ROUNDED } from "./bounds.ts";
import { type LedgerNumber, LedgerValues, ledgerNumber, type ValuesRead } from "./ledger-values.ts";
import { decimalOption, toleranceOption } from "./option.ts";
import { Amounts } from "./rounding.ts";

export const bankTotal: Checker = {
  name: "bank-total",
  claim: "money is neither created nor destroyed",
  options: ["total", "tolerance"],
  begin: (claim) => new BankCheck(claim),
};

interface Snapshot {
  readonly total: LedgerNumber;
  /** The number of balances, and the sum of their absolute values. */
  readonly accounts: number;
  readonly size: Decimal;
  /** The most decimal places of any balance, except those that show the rounding of a binary fraction. */
  readonly scale: number;
  readonly says: string;
  readonly id?: string;
  readonly atMs?: number;
}

class BankCheck implements Check {
  readonly #claim: Claim;
  readonly #total: Decimal | undefined;
  readonly #tolerance: Decimal | undefined;
  #isMoving = false;
  readonly #values: LedgerValues;
  readonly #unreadable = new Unreadable();
  readonly #snapshots: Snapshot[] = [];
  #acknowledged = 0;
  #unknown = 0;
  #rounded = 0;
  /** Sums of the amounts that were surely or possibly paid in (positive) and out (negative), and all amounts that were moved. */
  #sureIn = ZERO;
  #sureOut = ZERO;
  #perhapsIn = ZERO;
  #perhapsOut = ZERO;
  readonly #moved = new Amounts();

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#total = decimalOption(claim, "total");
    this.#tolerance = toleranceOption(claim);
    this.#values = new LedgerValues(claim.object);
  }

  operation(operation: Operation): void {
    const { object, kind, outcome } = operation;
    if (object !== this.#claim.object || outcome.type === "refused") return;
    if (kind === "read") return this.#snapshot(operation);
    const sign = { transfer: 0, deposit: 1, withdraw: -1 }[kind];
    if (sign === undefined) return;
    if (outcome.type === "ok") this.#acknowledged += 1;
    else this.#unknown += 1;
    const named = givenAmount(operation) ?? null;
    const amount = sign !== 0 && named === null ? undefined : amountOf(operation);
    if (amount !== undefined) this.#moved.add(amount, givenAmount(operation));
    if (sign === 0) return;
    if (amount === undefined) this.#unreadable.operation(operation);
    else this.#move(sign < 0 ? minus(ZERO, amount) : amount, outcome.type === "ok");
  }

  ledger(line: LedgerLine): void {
    this.#values.ledger(line);
  }

  finish(): Finding {
    const reads = this.#values.complete();
    const last = reads.at(-1);
    this.#unreadable.items(last?.unreadable ?? []);
    const canTell = this.#total !== undefined && this.#unreadable.count === 0;
    const off = this.#values
      .settled()
      .map(snapshotOfRead)
      .filter((each) => canTell && !this.#fits(each, this.#settled()));
    this.#isMoving = off.length > 0 && this.#values.isMoving();
    const atRest = this.#isMoving ? [] : off;
    const during = this.#snapshots.filter((each) => canTell && !this.#fits(each, this.#underWay()));
    const violations = [...atRest, ...during];
    const witnesses = violations.slice(0, WITNESSES_MAX).map((violation) => this.#witness(violation));
    return {
      checker: bankTotal.name,
      object: this.#claim.object,
      ...this.#judge(violations, reads.length),
      witnesses: [...witnesses, ...this.#unreadable.witnesses].slice(0, WITNESSES_MAX),
      figures: {
        acknowledged: this.#acknowledged,
        unknown: this.#unknown,
        snapshots: this.#snapshots.length,
        violations: violations.length,
        completeReads: reads.length,
        total: Number(textOf(last === undefined ? ZERO : snapshotOfRead(last).total.value)),
        ...(this.#rounded > 0 && { rounded: this.#rounded }),
        ...(this.#unreadable.count > 0 && { unreadable: this.#unreadable.count }),
      },
    };
  }

  #move(amount: Decimal, isSure: boolean): void {
    const isIn = amount.units > 0n;
    if (isSure && isIn) this.#sureIn = plus(this.#sureIn, amount);
    else if (isSure) this.#sureOut = plus(this.#sureOut, amount);
    else if (isIn) this.#perhapsIn = plus(this.#perhapsIn, amount);
    else this.#perhapsOut = plus(this.#perhapsOut, amount);
  }

  #snapshot({ outcome, id, completedAtMs }: Operation): void {
    if (outcome.type !== "ok") return;
    const at = completedAtMs === null ? {} : { atMs: completedAtMs };
    const given = balancesOf(outcome.output);
    const balances = given.map(ledgerNumber);
    const numbers = balances.filter((balance) => balance !== undefined);
    if (numbers.length < given.length) {
      const wrong = JSON.stringify(given[balances.indexOf(undefined)] ?? null).slice(0, 60);
      this.#unreadable.note({ says: `the balance ${wrong} that a client read is not a number`, id, ...at });
    } else if (numbers.length > 0) this.#snapshots.push(snapshotOf(numbers, { says: "a client's read", id, ...at }));
  }

  /** Returns the bounds at rest, when everything that was surely moved has arrived. */
  #settled(): Pick<Bounds, "lower" | "upper"> {
    const settled = plus(this.#total ?? ZERO, plus(this.#sureIn, this.#sureOut));
    return { lower: plus(settled, this.#perhapsOut), upper: plus(settled, this.#perhapsIn) };
  }

  /** Returns the bounds while operations are in progress: any of them may or may not have happened yet. */
  #underWay(): Pick<Bounds, "lower" | "upper"> {
    const start = this.#total ?? ZERO;
    return {
      lower: plus(start, plus(this.#sureOut, this.#perhapsOut)),
      upper: plus(start, plus(this.#sureIn, this.#perhapsIn)),
    };
  }

  #fits({ total, accounts, size, scale }: Snapshot, bounds: Pick<Bounds, "lower" | "upper">): boolean {
    // Each move changes two balances, and finally all balances are added up.
    const before = this.#total ?? ZERO;
    const steps = this.#acknowledged + this.#unknown + accounts;
    const rounding = this.#moved.rounding(plus(absolute(before), size), {
      steps,
      scale: Math.max(scale, scaleOf(before)),
    });
    const found = fit(total, { ...bounds, rounding }, this.#tolerance);
    if (found === "rounded") this.#rounded += 1;
    return found !== "no";
  }

  #judge(violations: readonly Snapshot[], reads: number): Pick<Finding, "status" | "because"> {
    if (this.#total === undefined) return { status: "unknown", because: "The plan declares no total to compare with." };
    const [first] = violations;
    if (first !== undefined) {
      return { status: "fail", because: `${this.#witness(first).says} (${violations.length} violations).` };
    }
    const gap = this.#gap(reads);
    if (gap !== null) return { status: "unknown", because: gap };
    const snapshots = this.#snapshots.length;
    const sound = `The total was constant in ${reads} complete reads and in ${snapshots} snapshots of clients.`;
    return { status: "pass", because: this.#rounded === 0 ? sound : `${sound} ${ROUNDED}` };
  }

  /** Returns why the evidence does not suffice for a pass, or null if it does. */
  #gap(reads: number): string | null {
    if (reads === 0) return `No complete read of the ledger: ${this.#values.reads.whyIncomplete()}.`;
    if (this.#isMoving) return `The balances do not add up, and ${STILL_CHANGED}.`;
    return unreadableGap(this.#unreadable) ?? (this.#acknowledged === 0 ? "No transfer was acknowledged." : null);
  }

  #witness({ total, says, id, atMs }: Snapshot): FindingWitness {
    const paidIn = textOf(plus(this.#sureIn, this.#sureOut));
    const before = textOf(this.#total ?? ZERO);
    return {
      says: `${says} adds up to ${textOf(total.value)}, but ${before} was there before the run and ${paidIn} was paid in since`,
      ...(id === undefined ? {} : { id }),
      ...(atMs === undefined ? {} : { atMs }),
    };
  }
}

/** Returns the balances of a snapshot: the fields of an object, or the items of a list. */
function balancesOf(output: Json): Json[] {
  return isRecord(output) ? Object.values(output) : Array.isArray(output) ? output : [];
}

function snapshotOfRead({ read, values }: ValuesRead): Snapshot {
  return snapshotOf([...values.values()].flat(), { says: `ledger read ${read}` });
}

function snapshotOf(balances: readonly LedgerNumber[], rest: Pick<Snapshot, "says" | "id" | "atMs">): Snapshot {
  const value = balances.reduce((sum, balance) => plus(sum, balance.value), ZERO);
  const isBinary = balances.some((balance) => balance.isBinary);
  const size = balances.reduce((sum, balance) => plus(sum, absolute(balance.value)), ZERO);
  const scale = balances.reduce((finest, balance) => Math.max(finest, plainScaleOf(balance.value)), 0);
  return { total: { value, isBinary }, accounts: balances.length, size, scale, ...rest };
}

function plainScaleOf(value: Decimal): number {
  return isBinaryText(textOf(value)) ? 0 : scaleOf(value);
}
