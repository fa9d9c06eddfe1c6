/**
 * Reads a ledger by SQL. The names of the columns determine their meaning; only the column of the id may have any name, if it
 * is the first.
 */
import type { SqlLedger } from "../plan.ts";
import type { Run } from "../run.ts";
import type { Json } from "../std/json.ts";
import { type FoundItem, foundOf } from "./found.ts";

interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly Json[][];
}

type Place = (row: readonly Json[]) => Json | undefined;

/** Reads the ledger once. Throws an Error for an answer that is no ledger. */
export async function readSql(
  run: Run,
  source: SqlLedger,
  signal: AbortSignal,
): Promise<{ found: FoundItem[]; source: string }> {
  const { statement } = source;
  if (run.platform.queries === undefined)
    throw new Error(`a platform of kind ${run.platform.kind} cannot be queried by SQL`);
  const parameters = /\$1(?!\d)/.test(statement) ? [run.runId] : [];
  const answer = await run.platform.queries.sql(statement, parameters, signal);
  return { found: foundIn(answer, source), source: answer.source };
}

export function foundIn({ columns, rows }: Rows, { fields = {} }: Pick<SqlLedger, "fields">): FoundItem[] {
  const at = (name: string): Place => place(columns, name);
  const named = (given: string | undefined, name: string): Place => {
    if (given !== undefined) return place(columns, given, `the plan's ${name}`);
    return columns.includes(name) ? at(name) : () => undefined;
  };
  const id = fields.id === undefined && !columns.includes("id") ? first(columns) : named(fields.id, "id");
  if (Object.keys(fields).length === 0) refuseUnknown(columns);
  const [count, value, row] = [named(fields.count, "count"), named(fields.value, "value"), named(fields.row, "row")];
  return rows.map((each) =>
    foundOf({ id: id(each), count: count(each), value: value(each), row: row(each) }, "the ledger's SQL"),
  );
}

function place(columns: readonly string[], name: string, whose = "the ledger"): Place {
  const index = columns.indexOf(name);
  if (index < 0) throw new Error(`${whose} requires a column "${name}", but the SQL returns ${columns.join(", ")}`);
  if (columns.lastIndexOf(name) !== index) throw new Error(`the ledger's SQL returns two columns "${name}"`);
  return (row) => row[index];
}

/** Returns the first column as the id, for a statement that gives it another name. */
function first(columns: readonly string[]): Place {
  const [name] = columns;
  if (name !== undefined && !["count", "value", "row"].includes(name)) return (row) => row[0];
  throw new Error(`the ledger's SQL returns no column for the id: ${columns.join(", ") || "none at all"}`);
}

/**
 * Refuses columns that would be ignored: one might be the count that the plan's author meant, and a doubled row would then
 * pass.
 */
function refuseUnknown(columns: readonly string[]): void {
  const odd = columns.slice(1).filter((name) => !["id", "count", "value", "row"].includes(name));
  const [name] = odd;
  if (name === undefined) return;
  throw new Error(
    `the ledger's SQL returns a column "${name}", but columns are read by their names: name it "count" or "value" (AS), or say in the plan which column is the id, the count and the value`,
  );
}
