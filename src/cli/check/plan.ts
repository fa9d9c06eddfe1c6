/** Finds errors of a plan that can be seen only together with its scripts, its platform and this machine. */
import { dirname } from "node:path";
import type { World } from "../../cli.ts";
import type { ScriptFacts } from "../../load/script/inspect.ts";
import { GamedayError } from "../../std/errors.ts";
import type { PlanFile } from "../plan-file.ts";
import { platformKind } from "../platforms.ts";
import { commandErrors } from "./commands.ts";
import { nameErrors } from "./names.ts";

/** Returns the errors by their lines in the plan. `found` describes the modules that the plan names, in any order. */
export function planErrors(
  world: World,
  planFile: PlanFile,
  found: readonly (ScriptFacts | GamedayError)[],
): GamedayError[] {
  const kind = platformKind(planFile.plan.platform.kind);
  const given = { ...planFile, folder: dirname(planFile.file), path: world.env["PATH"] ?? "" };
  const errors = [...commandErrors(given, kind), ...nameErrors(planFile, found), ...platformErrors(planFile)];
  return errors.toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0));
}

/** Checks that the platform provides what the plan needs. */
function platformErrors({ plan, placeOf }: PlanFile): GamedayError[] {
  const kind = platformKind(plan.platform.kind);
  const noSql = kind.whyNoSql?.(plan.platform) ?? null;
  const sql = noSql === null ? -1 : plan.claims.findIndex(({ source }) => source.kind === "sql");
  const errors: GamedayError[] = [];
  if (noSql !== null && sql >= 0) {
    const hint = "give a member its role and url, or read the ledger over HTTP";
    const expected = "a PostgreSQL member of the platform that can be asked the ledger's SQL";
    errors.push(notThere(expected, noSql, hint, placeOf(["claims", sql, "ledger"])));
  }
  if (plan.autoscaling !== null && !kind.tells.includes("replicas")) {
    const hint = "leave `autoscaling` out: nothing would ever be counted";
    const expected = "a platform whose replicas are counted, to wait for autoscaling";
    errors.push(notThere(expected, `"${kind.name}", whose are not`, hint, placeOf(["autoscaling"])));
  }
  return errors;
}

function notThere(expected: string, got: string, hint: string, place: GamedayError["place"]): GamedayError {
  return new GamedayError({
    code: "plan-no-such-part",
    expected,
    got,
    hint,
    ...(place !== undefined && { place }),
  });
}
