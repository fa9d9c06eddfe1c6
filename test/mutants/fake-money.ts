/** Totals of money: right to the cent, off by a cent, and added up in binary fractions. */

import type { Json } from "../../src/std/json.ts";
import { CLAIMS } from "../simulator/simulated-plan.ts";
import { type FakeRow, line } from "./row.ts";
import * as twist from "./twist.ts";
import { claim, healthy, mutant } from "./twisted-row.ts";

/** 200 sales of two shops with their total. The amounts are numbers in one shop and text in the other. */
const PRICES = [0.1, 0.2, 19.99, 7.45, 1_249];
const SALES = Array.from({ length: 200 }, (_, at) => {
  const price = PRICES[at % PRICES.length] ?? 0;
  return {
    kind: "increment",
    key: at % 2 === 0 ? "ulm" : "linz",
    input: { amount: at % 2 === 0 ? price : price.toFixed(2) },
  };
});
const TAKEN = "25534.80";
/** The total of a platform that keeps its totals as binary fractions: 25534.80000000002. */
const ADDED_UP = SALES.filter(({ key }) => key === "ulm").reduce((sum, { input }) => sum + Number(input.amount), 0);

function takings(ulm: Json, linz: Json): Partial<FakeRow> {
  const rows = [
    { id: "ulm", value: ulm },
    { id: "linz", value: linz },
  ];
  return {
    claims: [...CLAIMS, claim("takings", "counter-bounds", {})],
    twist: twist.numbers({ object: "takings", done: SALES, rows }),
  };
}

const TAKINGS = "findings/counter-bounds/takings";

export const FAKE_MONEY: readonly FakeRow[] = [
  healthy("takings-to-the-cent", {
    says: "two shops whose takings are right to the cent, sent and told as numbers and as text",
    expected: null,
    ...takings(Number(TAKEN), TAKEN),
  }),
  healthy("takings-in-binary-fractions", {
    says: "a total that the platform added up in binary fractions: off by less than their rounding",
    expected: null,
    ...takings(ADDED_UP, TAKEN),
  }),
  mutant("a-cent-short", {
    says: "totals that drift: a cent of 200 sales is not there",
    expected: line(TAKINGS, "fail", "linz is 25534.79 in read 2"),
    ...takings(Number(TAKEN), "25534.79"),
  }),
  mutant("a-cent-short-in-binary-fractions", {
    says: "the same where the platform adds up binary fractions",
    expected: line(TAKINGS, "fail", "ulm is 25534.79"),
    ...takings(ADDED_UP - 0.01, TAKEN),
  }),
  mutant("a-cent-too-much", {
    says: "totals that were rounded up sale by sale: a cent that nobody paid",
    expected: line(TAKINGS, "fail", "linz is 25534.81"),
    ...takings(Number(TAKEN), "25534.81"),
  }),
  mutant("a-total-that-is-no-number", {
    says: "a total that the audit shows as text of another sort: nothing can be compared with it",
    expected: line(TAKINGS, "unknown", "which is not a number"),
    ...takings(Number(TAKEN), "EUR 25.534,80"),
  }),
];
