import { platformKind } from "../platforms.ts";
import type { Parsed, PlanProblem } from "./problem.ts";

/** Requires a platform that can run SQL where a claim's ledger is SQL. */
export function checkQueries({ plan, placeOf }: Parsed): PlanProblem[] {
  const got = platformKind(plan.platform.kind).whyNoSql?.(plan.platform) ?? null;
  if (got === null) return [];
  const expected = "a PostgreSQL member of the platform that can run the ledger's SQL";
  const hint = "give a member its role and url, or read the ledger over HTTP";
  return plan.claims.flatMap(({ source }, index) => {
    const place = placeOf(["claims", index, "ledger"]);
    return source.kind === "sql" ? [{ code: "plan-no-such-part", expected, got, hint, place }] : [];
  });
}
