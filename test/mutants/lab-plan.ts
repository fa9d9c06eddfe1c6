/** The plan document of a lab row: a few users of the shop for less than a minute, with the row's changes. JSON is YAML. */
import { resolve } from "node:path";
import { isRecord, type Json } from "../../src/std/json.ts";
import type { LabClaim, LabRow } from "./row.ts";

const SHOP = "examples/jewelry-shop";
const USERS = 20;

type Part = { readonly [key: string]: Json };

/** The claims of the shop's own plans (full.yaml). `ledger` is the audit of the same name. */
const CLAIMS: Readonly<Record<Exclude<LabClaim, "orders by SQL">, Part>> = {
  orders: { checkers: ["acked-set", "duplicates"], options: { holds: ["customer"] } },
  carts: { checkers: ["acked-set", "duplicates"], options: { holds: ["product", "quantity"] } },
  sessions: { checkers: ["acked-set", "duplicates"], options: { sparse: true, holds: ["name"] } },
  prices: {
    checkers: ["linearizable", "read-your-writes", "staleness"],
    options: { model: "register", initial: 100_000 },
  },
  tills: { checkers: ["counter-bounds"] },
  stock: { checkers: ["non-negative-stock"], options: { initial: 1_000_000 } },
};

/** For platforms that answer no request at the end: the books are read without the app. */
const ORDERS_BY_SQL: Part = {
  object: "orders",
  checkers: ["acked-set", "duplicates"],
  ledger: {
    sql: "SELECT client_id, count(*)::integer FROM orders WHERE starts_with(client_id, $1 || '/') GROUP BY client_id",
  },
};

function claimPart(claim: LabClaim): Part {
  if (claim === "orders by SQL") return ORDERS_BY_SQL;
  return { object: claim, ...CLAIMS[claim], ledger: { http: `/audit/${claim}` } };
}

/**
 * Returns a plan for `gameday run`, with absolute paths. `root` is the checkout. The lab is discarded, so nothing is cleaned up.
 */
export function labPlan(row: LabRow, root: string): Json {
  const app = {
    directory: root,
    prepare: ["node", `${SHOP}/app/prepare.ts`],
    command: ["node", row.variant === null ? `${SHOP}/app/main.ts` : `test/mutants/shop/${row.variant}.ts`],
    replicas: 3,
    readiness: { path: "/readyz" },
  };
  return {
    name: `mutant ${row.name}`,
    platform: overlaid({ kind: "lab", app }, row.sections),
    load: { scenarios: row.scenarios.map((file) => ({ file: resolve(root, file) })), vus: USERS, rampUp: "1s" },
    probes: resolve(root, SHOP, "probes.ts"),
    warmUp: "4s",
    calm: "4s",
    experiments: row.experiments.map((experiment) => placed(experiment, root)),
    claims: row.claims.map(claimPart),
    ledger: { quiet: "2s", betweenReads: "1s" },
    objectives: [...row.objectives],
    ...row.more,
  };
}

function placed(experiment: Part, root: string): Part {
  const { insideProbes } = experiment;
  return insideProbes === undefined ? experiment : { ...experiment, insideProbes: resolve(root, String(insideProbes)) };
}

function overlaid(base: { [key: string]: Json }, over: Readonly<Record<string, Json>>): { [key: string]: Json } {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
  }
  return merged;
}
