/**
 * bank-total: money moves, but is neither made nor destroyed.
 *
 * Feeds: operations kind "transfer" (changes no total), "deposit" and "withdraw" (input: a number, or { amount }), and "read"
 * (output: { account: balance, ... } as one snapshot; optional). Ledger: items { id: account, value: balance }.
 * Options: `total` (before the run; needed).
 *
 * Figures: acknowledged, unknown, snapshots (reads of clients), violations, completeReads, total (of the last complete
 * read). O(operations + items) time. A client's snapshot is compared with the bounds of the whole run, so that
 * deposits and withdrawals only widen them. Source: Jepsen's bank workload.
 */
import type { Check, Checker, Claim, Finding, FindingWitness } from "../checker.ts";
import { WITNESSES_MAX } from "../checker.ts";
import type { Operation } from "../history.ts";
import type { LedgerLine } from "../ledger.ts";
import { isRecord, type Json } from "../std/json.ts";
import { amountOf } from "./bounds.ts";
import { LedgerValues } from "./ledger-values.ts";
import { numberOption } from "./option.ts";

export const bankTotal: Checker = {
  name: "bank-total",
  claim: "money is neither made nor destroyed",
  options: ["total"],
  begin: (claim) => new BankCheck(claim),
};

interface Snapshot {
  readonly total: number;
  readonly says: string;
  readonly id?: string;
  readonly atMs?: number;
}

class BankCheck implements Check {
  readonly #claim: Claim;
  readonly #total: number | null;
  readonly #values: LedgerValues;
  readonly #snapshots: Snapshot[] = [];
  #acknowledged = 0;
  #unknown = 0;
  /** Sums of what was surely and what was perhaps paid in (positive) and out (negative). */
  #sure = 0;
  #perhapsIn = 0;
  #perhapsOut = 0;
  #sureIn = 0;
  #sureOut = 0;

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#total = numberOption(claim, "total", null);
    this.#values = new LedgerValues(claim.object);
  }

  operation(operation: Operation): void {
    const { object, kind, outcome } = operation;
    if (object !== this.#claim.object || outcome.type === "refused") return;
    if (kind === "read") return this.#snapshot(operation);
    const sign = { transfer: 0, deposit: 1, withdraw: -1 }[kind];
    if (sign === undefined) return;
    const amount = sign === 0 ? 0 : sign * amountOf(operation);
    if (outcome.type === "ok") this.#acknowledge(amount);
    else this.#suspect(amount);
  }

  ledger(line: LedgerLine): void {
    this.#values.ledger(line);
  }

  finish(): Finding {
    const reads = this.#values.complete();
    const totals = reads.map(({ read, values }) => ({ total: sum([...values.values()]), says: `ledger read ${read}` }));
    const atRest = totals.filter(({ total }) => !this.#fitsAtRest(total));
    const during = this.#snapshots.filter(({ total }) => !this.#fitsDuring(total));
    const violations = this.#total === null ? [] : [...atRest, ...during];
    return {
      checker: bankTotal.name,
      object: this.#claim.object,
      ...this.#judge(violations, reads.length),
      witnesses: violations.slice(0, WITNESSES_MAX).map((violation) => this.#witness(violation)),
      figures: {
        acknowledged: this.#acknowledged,
        unknown: this.#unknown,
        snapshots: this.#snapshots.length,
        violations: violations.length,
        completeReads: reads.length,
        total: totals.at(-1)?.total ?? 0,
      },
    };
  }

  #acknowledge(amount: number): void {
    this.#acknowledged += 1;
    this.#sure += amount;
    this.#sureIn += Math.max(0, amount);
    this.#sureOut += Math.min(0, amount);
  }

  #suspect(amount: number): void {
    this.#unknown += 1;
    this.#perhapsIn += Math.max(0, amount);
    this.#perhapsOut += Math.min(0, amount);
  }

  #snapshot({ outcome, id, completedAtMs }: Operation): void {
    if (outcome.type !== "ok") return;
    const balances = balancesOf(outcome.output);
    if (balances.length === 0) return;
    const at = completedAtMs === null ? {} : { atMs: completedAtMs };
    this.#snapshots.push({ total: sum(balances), says: "a client's read", id, ...at });
  }

  #fitsAtRest(total: number): boolean {
    const settled = (this.#total ?? 0) + this.#sure;
    return isBetween(total, settled + this.#perhapsOut, settled + this.#perhapsIn);
  }

  /** While operations are under way, any of them may or may not have happened yet. */
  #fitsDuring(total: number): boolean {
    const start = this.#total ?? 0;
    return isBetween(total, start + this.#sureOut + this.#perhapsOut, start + this.#sureIn + this.#perhapsIn);
  }

  #judge(violations: readonly Snapshot[], reads: number): Pick<Finding, "status" | "because"> {
    if (this.#total === null) return { status: "unknown", because: "The plan declares no total to hold it to." };
    const [first] = violations;
    if (first !== undefined) {
      return { status: "fail", because: `${this.#witness(first).says} (${violations.length} violations).` };
    }
    if (reads === 0) {
      return { status: "unknown", because: `No complete read of the ledger: ${this.#values.reads.whyIncomplete()}.` };
    }
    if (this.#acknowledged === 0) return { status: "unknown", because: "Not one transfer was acknowledged." };
    const snapshots = this.#snapshots.length;
    return {
      status: "pass",
      because: `The total held in ${reads} complete reads and in ${snapshots} snapshots of clients.`,
    };
  }

  #witness({ total, says, id, atMs }: Snapshot): FindingWitness {
    return {
      says: `${says} adds up to ${total}, but ${this.#total ?? 0} was there before the run and ${this.#sure} was paid in since`,
      ...(id === undefined ? {} : { id }),
      ...(atMs === undefined ? {} : { atMs }),
    };
  }
}

/** Cents are no binary fractions, and we add them up in another order than the platform: the last bits differ. */
const ROUNDING = 1e-9;

function isBetween(total: number, least: number, most: number): boolean {
  const slack = ROUNDING * Math.max(1, Math.abs(least), Math.abs(most));
  return total >= least - slack && total <= most + slack;
}

/** Balances of a snapshot: an object's numbers, or a list's. */
function balancesOf(output: Json): number[] {
  const values = isRecord(output) ? Object.values(output) : Array.isArray(output) ? output : [];
  return values.every((value) => typeof value === "number") ? values : [];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
