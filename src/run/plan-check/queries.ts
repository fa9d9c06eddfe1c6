import { platformKind } from "../platforms.ts";
import type { Parsed, PlanProblem } from "./problem.ts";

/** Requires a platform that can run SQL where a claim's ledger is SQL. */
export function checkQueries({ plan, placeOf }: Parsed): PlanProblem[] {
  const noSql = platformKind(plan.platform.kind).whyNoSql?.(plan.platform) ?? null;
  const index = plan.claims.findIndex(({ source }) => source.kind === "sql");
  if (noSql === null || index < 0) return [];
  return [
    {
      code: "plan-no-such-part",
      expected: "a PostgreSQL member of the platform that can run the ledger's SQL",
      got: noSql,
      hint: "give a member its role and url, or read the ledger over HTTP",
      place: placeOf(["claims", index, "ledger"]),
    },
  ];
}
