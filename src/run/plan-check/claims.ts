import { CHECKERS, validateClaim } from "../../checker/catalogue.ts";
import { canonicalJson, type Json } from "../../std/json.ts";
import { suggestion } from "../../std/suggest.ts";
import { type Parsed, type PlanProblem, problemsIn } from "./problem.ts";

/** Checks the claims: one ledger for each object, checkers that exist, and options that they read. */
export function checkClaims(parsed: Parsed): PlanProblem[] {
  const { plan, placeOf } = parsed;
  const claims = plan.claims.flatMap((claim, index) => {
    const unknown = checkerProblems(parsed, index);
    return unknown.length > 0 ? unknown : problemsIn(placeOf(["claims", index, "options"]), () => validateClaim(claim));
  });
  return [...ledgerProblems(parsed), ...claims];
}

function checkerProblems({ plan, placeOf }: Parsed, index: number): PlanProblem[] {
  const known = CHECKERS.map((checker) => checker.name);
  return (plan.claims[index]?.checkers ?? []).flatMap((name, each) => {
    if (known.includes(name)) return [];
    const place = placeOf(["claims", index, "checkers", each]);
    const hint = suggestion(name, known);
    return [{ code: "plan-unknown-checker", expected: "a known checker", got: `"${name}"`, hint, place }];
  });
}

/** Requires one ledger for each object: it is read once for all claims about the object. */
function ledgerProblems({ plan, placeOf }: Parsed): PlanProblem[] {
  const sources = new Map<string, string>();
  return plan.claims.flatMap(({ object, source }, index) => {
    if (source.kind === "none") return [];
    const text = canonicalJson(source as unknown as Json);
    const known = sources.get(object) ?? text;
    sources.set(object, known);
    if (known === text) return [];
    return [
      {
        code: "plan-two-ledgers",
        expected: `one ledger of "${object}"`,
        got: "a different one from the claim before",
        hint: "give claims about different things different objects",
        place: placeOf(["claims", index, "ledger"]),
      },
    ];
  });
}
