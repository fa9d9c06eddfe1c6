/** Evidence that was twisted after the run (twist.ts): by nasty platforms, by careless audits, and harmless look-alikes. */

import type { ClaimPlan } from "../../src/plan.ts";
import type { Json } from "../../src/std/json.ts";
import { CLAIMS } from "../simulator/simulated-plan.ts";
import { FAKE_MONEY } from "./fake-money.ts";
import { type FakeRow, line } from "./row.ts";
import * as twist from "./twist.ts";
import { claim, healthy, mutant } from "./twisted-row.ts";

const LOST = "objectives/nothing lost";
const TWICE = "objectives/nothing twice";
const ORDERS = "findings/acked-set/orders";

const ROWS_AND_READS: readonly FakeRow[] = [
  mutant("doubled-in-the-second-read", {
    says: "rows that are there once in the first read and twice in the second: a retry that came late",
    twist: twist.twiceInRead(2),
    expected: line("findings/duplicates/orders", "fail", "2 rows", [TWICE]),
  }),
  healthy("doubled-in-the-first-read", {
    says: "rows twice in the first read and once in the second: pages that overlapped, or cleaned up since",
    twist: twist.twiceInRead(1),
    expected: line("findings/duplicates/orders", "unknown", "or the pages overlapped", [TWICE]),
  }),
  mutant("rows-vanish-at-rest", {
    says: "acknowledged writes that the first read still has, and no later one",
    twist: twist.all(twist.thirdRead, twist.absentFromReads(2, 3)),
    expected: line(ORDERS, "fail", "seen by an earlier read, but absent from read 2 and 3", [LOST]),
  }),
  healthy("last-read-from-lagging-copy", {
    says: "the final read hit a copy that was behind: gone or behind, one more read would tell",
    twist: twist.absentFromReads(2),
    expected: line(ORDERS, "unknown", "One more read would distinguish the two", [LOST]),
  }),
  healthy("second-read-from-lagging-copy", {
    says: "the second read hit a copy that was behind, and the third tells so",
    twist: twist.all(twist.thirdRead, twist.absentFromReads(2)),
    expected: null,
  }),
  mutant("first-page-only", {
    says: "a ledger cut off by its pages that says it is complete",
    twist: twist.firstPageOnly,
    expected: line(ORDERS, "fail", "absent from read 1 and 2", [LOST]),
  }),
  mutant("counted-zero-times", {
    says: "rows that the ledger names and counts zero times",
    twist: twist.noCopies,
    expected: line(ORDERS, "fail", "absent from read 1 and 2", [LOST]),
  }),
  mutant("ids-in-capitals", {
    says: "ids that come back in other case",
    twist: twist.otherIds((id) => id.toUpperCase()),
    expected: line(ORDERS, "fail", "absent from read 1 and 2", [LOST, "findings/duplicates/orders", TWICE]),
  }),
  mutant("ids-padded", {
    says: "ids that come back with blanks behind them",
    twist: twist.otherIds((id) => `${id}  `),
    expected: line(ORDERS, "fail", "attempted by no client", [LOST]),
  }),
  mutant("another-runs-ledger", {
    says: "the ledger of another run",
    twist: twist.otherIds((id) => id.replace("simulated/", "yesterday/")),
    expected: line(ORDERS, "fail", "absent from read 1 and 2", [LOST, "findings/duplicates/orders", TWICE]),
  }),
  healthy("one-read-told-twice", {
    says: "an audit that answers the second read from a cache: one read, so late and lost cannot be told apart",
    twist: twist.sameRead,
    expected: line("validity/ledger-read", "unknown", "overlap", [LOST, TWICE]),
  }),
];

const orders = CLAIMS.map(
  (claim): ClaimPlan => (claim.object === "orders" ? { ...claim, options: { holds: ["customer"] } } : claim),
);

const VALUES: readonly FakeRow[] = [
  mutant("right-id-wrong-value", {
    says: "the right id with another customer's data",
    claims: orders,
    twist: twist.customers(30),
    expected: line(ORDERS, "fail", "the ledger holds"),
  }),
  healthy("value-with-more-in-it", {
    says: "rows that hold what was sent, and what the app added to it",
    claims: orders,
    twist: twist.customers(0),
    expected: null,
  }),
];

const REFUSALS: readonly FakeRow[] = [
  mutant("refused-and-stored", {
    says: "an app that answers 409 and has stored the order",
    twist: twist.refusedAndStored,
    expected: line(ORDERS, "unknown", "refused in every attempt", [LOST]),
  }),
  healthy("retry-refused-once-stored", {
    says: "a retry of the same id answered 409 with one row: its earlier attempt was acknowledged, or not answered",
    twist: twist.unansweredThenRefused,
    expected: null,
  }),
];

const USERS: readonly FakeRow[] = [
  mutant("recovery-flaps", {
    says: "served every other second for 18 s after the fault: ok, fail, ok is no recovery",
    twist: twist.flapping(18_000),
    expected: line("objectives/recovers kill-postgres-leader", "fail", "after the bite"),
  }),
  healthy("nobody-but-the-probes", {
    says: "no user ever sent anything: a platform without load proves little",
    twist: twist.noUsers,
    expected: line("validity/load-kept-pace", "unknown", "load", [
      "validity/generator-healthy",
      "objectives/available",
      "objectives/quick",
      "findings/counter-bounds/sold",
      "findings/linearizable/prices",
      "findings/staleness/prices",
      "findings/read-your-writes/profiles",
      "findings/monotonic-reads/profiles",
    ]),
  }),
];

const ACCOUNTS = ["anna", "bert", "carl", "dora"];
const TRANSFERS = Array.from({ length: 200 }, (_, at) => ({
  kind: "transfer",
  input: { from: ACCOUNTS[at % 4] ?? "", to: ACCOUNTS[(at + 1) % 4] ?? "", amount: 1 + (at % 9) },
}));
const BALANCES = [130, 70, 95, 105];

/** A bank with 400 in four accounts, and the balances that each read finds. */
function bank(balances: readonly number[], output?: (at: number) => Json): Partial<FakeRow> {
  const rows = balances.map((value, at) => ({ id: ACCOUNTS[at % 4] ?? "", value }));
  const reads = output === undefined ? [] : TRANSFERS.map(() => ({ kind: "read", input: null }));
  const done = [...TRANSFERS, ...reads];
  return {
    claims: [...CLAIMS, claim("accounts", "bank-total", { total: 400 })],
    twist: twist.numbers({ object: "accounts", done, rows, ...(output === undefined ? {} : { output }) }),
  };
}

const SNAPSHOT = (at: number): Json => ({ anna: 100 + (at % 5), bert: 100 - (at % 5), carl: 100, dora: 100 });
const TORN = (at: number): Json => ({ anna: 100 + (at % 5), bert: 100, carl: 100, dora: 100 });

const BANK: readonly FakeRow[] = [
  healthy("bank-in-order", {
    says: "money moves between four accounts, and is all there",
    expected: null,
    ...bank(BALANCES, SNAPSHOT),
  }),
  mutant("half-a-transfer", {
    says: "a transfer that took and did not give",
    expected: line("findings/bank-total/accounts", "fail", "adds up to 393"),
    ...bank([130, 70, 95, 98]),
  }),
  mutant("torn-snapshot", {
    says: "a client's read between both halves of a transfer, at rest all is well",
    expected: line("findings/bank-total/accounts", "fail", "a client's read adds up to"),
    ...bank(BALANCES, TORN),
  }),
  mutant("an-account-twice", {
    says: "an account that is there twice: money that was made",
    expected: line("findings/bank-total/accounts", "fail", "adds up to 530"),
    ...bank([...BALANCES, 130]),
  }),
];

const TAKES = Array.from({ length: 120 }, (_, at) => ({
  kind: at % 6 === 5 ? "put" : "take",
  key: `product/${at % 2}`,
  input: { quantity: 1 },
}));

/** 100 pieces of two articles and 60 changes of each; each read finds these rows. */
function stock(rows: readonly (readonly [string, Json])[]): Partial<FakeRow> {
  return {
    claims: [...CLAIMS, claim("stock", "non-negative-stock", { initial: 50 })],
    twist: twist.numbers({ object: "stock", done: TAKES, rows: rows.map(([id, value]) => ({ id, value })) }),
  };
}

const STOCK_LINE = "findings/non-negative-stock/stock";
/** product/0 only decreases; a third of the changes of product/1 are additions. */
const LEFT = { first: 50 - 60, second: 50 - 40 + 20 };

const STOCK: readonly FakeRow[] = [
  mutant("sold-below-zero", {
    says: "more sold than there was: a stock below zero",
    expected: line(STOCK_LINE, "fail", "has a stock of -10"),
    ...stock([
      ["product/0", LEFT.first],
      ["product/1", LEFT.second],
    ]),
  }),
  mutant("oversold-and-hidden", {
    says: "more sold than there was, and the shown stock stops at zero",
    expected: line(STOCK_LINE, "fail", "the operations leave"),
    ...stock([
      ["product/0", 0],
      ["product/1", LEFT.second],
    ]),
  }),
  mutant("oversold-article-left-out", {
    says: "the ledger leaves out the very article that was oversold",
    expected: line(STOCK_LINE, "unknown", "product/0"),
    ...stock([["product/1", LEFT.second]]),
  }),
];

export const FAKE_TWISTED: readonly FakeRow[] = [
  ...ROWS_AND_READS,
  ...VALUES,
  ...REFUSALS,
  ...USERS,
  ...BANK,
  ...STOCK,
  ...FAKE_MONEY,
];
