/** The schema of what a plan may set for the calls by which the run itself reads ledgers and cleans up. */
import { z } from "zod";
import { GamedayError } from "../std/errors.ts";
import { isSingular, parsePath } from "../std/json-path.ts";
import { duration } from "./duration.ts";

/** A path of the platform under test: neither another host ("//host/") nor a relative path. */
const path = z
  .string()
  .max(2000)
  .regex(/^\/(?!\/)/, 'a path of the app, such as "/audit/orders"');

const headers = z.record(
  z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "the name of a header"),
  z.string().regex(/^[^\r\n\0]{0,8000}$/, "a header's value, on one line"),
);

const jsonPath = z.string().min(1).max(500).refine(isPath, "a path such as $.orders[*], $.page.next or number");
const singlePath = jsonPath.refine((text) => !isPath(text) || isSingular(text), "a path to one thing, without [*]");
const fields = {
  id: singlePath.optional(),
  count: singlePath.optional(),
  value: singlePath.optional(),
  row: singlePath.optional(),
};
const column = z.string().min(1).max(200);

const httpLedger = z
  .strictObject({
    http: path,
    headers: headers.optional(),
    pageSize: z.int().min(1).max(1_000_000).optional(),
    cursor: z.string().min(1).max(100).optional(),
    items: jsonPath.optional(),
    next: singlePath.optional(),
    more: singlePath.optional(),
    total: singlePath.optional(),
    ...fields,
  })
  .refine(
    (given) => given.items !== undefined || [given.next, given.more, given.total].every((one) => one === undefined),
    'also "items", for a ledger whose answers are mapped',
  );

const sqlLedger = z.strictObject({
  sql: z.string().min(1).max(100_000),
  id: column.optional(),
  count: column.optional(),
  value: column.optional(),
  row: column.optional(),
});

export const ledgerSourceSchema = z.union([httpLedger, sqlLedger]);

const asking = { headers: headers.optional(), timeout: duration.default(120_000) };

export const ledgersSchema = z
  .strictObject({
    quiet: duration.default(3_000),
    betweenReads: duration.default(3_000),
    within: duration.default(600_000),
    ...asking,
  })
  .prefault({});

export const cleanUpSchema = z.strictObject({
  http: z.string().regex(/^(GET|POST|PUT|DELETE) \/(?!\/)/, 'a METHOD and path, as "POST /clean-up"'),
  within: duration.default(300_000),
  ...asking,
});

function isPath(text: string): boolean {
  try {
    parsePath(text);
    return true;
  } catch (thrown) {
    if (thrown instanceof GamedayError) return false;
    throw thrown;
  }
}
