/** The plan document of a lab row: the shop's quick plan in short, with the row's changes. JSON is YAML. */
import { resolve } from "node:path";
import { isRecord, type Json } from "../../src/std/json.ts";
import type { LabRow } from "./row.ts";

const SHOP = "examples/jewelry-shop";

const claim = (object: string): Json => ({
  object,
  checkers: ["acked-set", "duplicates"],
  ledger: { http: `/audit/${object}` },
});

/** A plan for `gameday run`, with absolute paths. `root` is the checkout. */
export function labPlan(row: LabRow, root: string): Json {
  const shop = resolve(root, SHOP);
  const main = row.variant === null ? `${SHOP}/app/main.ts` : `test/mutants/shop/${row.variant}.ts`;
  const app = {
    directory: root,
    prepare: ["node", `${SHOP}/app/prepare.ts`],
    command: ["node", main],
    replicas: 3,
    readiness: { path: "/readyz" },
  };
  const scenarios = ["counter-sale", "browse", "customer-look-up", "repair-intake", "reports", "stock-and-prices"];
  return {
    name: `mutant ${row.name}`,
    seed: 1,
    platform: overlaid({ kind: "lab", app }, row.sections),
    load: { scenarios: scenarios.map((name) => ({ file: `${shop}/scenarios/${name}.ts` })), vus: 30, rampUp: "2s" },
    probes: `${shop}/probes.ts`,
    warmUp: "5s",
    calm: "5s",
    experiments: [...row.experiments],
    claims: ["orders", "repairs", "deliveries", "carts"].map(claim),
    cleanUp: { http: "POST /audit/clean-up" },
    objectives: [...row.objectives],
    ...row.more,
  };
}

function overlaid(base: { [key: string]: Json }, over: Readonly<Record<string, Json>>): { [key: string]: Json } {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
  }
  return merged;
}
