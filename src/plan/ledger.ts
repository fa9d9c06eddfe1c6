/** Resolves what a plan sets for ledgers and the clean-up. */
import type { z } from "zod";
import type { CleanUpPlan, LedgerFields, LedgerPlan, LedgerSource } from "../plan.ts";
import type { cleanUpSchema, ledgerSourceSchema, ledgersSchema } from "./ledger-schema.ts";

export function resolveSource(ledger: z.output<typeof ledgerSourceSchema> | undefined): LedgerSource {
  if (ledger === undefined) return { kind: "none" };
  const fields = fieldsOf(ledger);
  if ("sql" in ledger) return { kind: "sql", statement: ledger.sql, ...fields };
  const { http, headers, pageSize, cursor, items, next, more, total } = ledger;
  return {
    kind: "http",
    path: http,
    ...given({ headers, pageSize, cursor }),
    ...(items !== undefined && { mapping: { items, ...given({ next, more, total }) } }),
    ...fields,
  };
}

function fieldsOf({ id, count, value, row }: LedgerFields | z.output<typeof ledgerSourceSchema>): {
  readonly fields?: LedgerFields;
} {
  const fields = given({ id, count, value, row });
  return Object.keys(fields).length === 0 ? {} : { fields };
}

export function resolveLedgers(ledger: z.output<typeof ledgersSchema>): LedgerPlan {
  const { quiet: quietMs, betweenReads: betweenReadsMs, timeout: timeoutMs, within: withinMs, headers } = ledger;
  return { quietMs, betweenReadsMs, timeoutMs, withinMs, ...given({ headers }) };
}

export function resolveCleanUp(cleanUp: z.output<typeof cleanUpSchema> | undefined): CleanUpPlan | null {
  if (cleanUp === undefined) return null;
  const [method = "POST", path = "/"] = cleanUp.http.split(" ", 2);
  const { timeout: timeoutMs, within: withinMs, headers } = cleanUp;
  return { kind: "http", method, path, timeoutMs, withinMs, ...given({ headers }) };
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Returns only the values that were given; a plan's resolved form contains no undefined. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
