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
  id: singlePath.optional().describe("Where an item's id is; if given, each item is mapped."),
  count: singlePath.optional().describe("Where the count of an id is; by default each item counts once."),
  value: singlePath.optional().describe("Where an item's value is."),
  row: singlePath.optional().describe("Where the identity of the stored row is, such as its primary key."),
};
const column = z.string().min(1).max(200);

const httpLedger = z
  .strictObject({
    http: path.describe("The path of the app that lists the objects; {run} in it is replaced by the run's id."),
    headers: headers.optional().describe("Headers of each call, for example Authorization."),
    pageSize: z.int().min(1).max(1_000_000).optional().describe("Requested as the parameter `limit`."),
    cursor: z.string().min(1).max(100).optional().describe("The name of the cursor's parameter; default: cursor."),
    items: jsonPath.optional().describe("Where the items of an answer are: $.orders[*]."),
    next: singlePath.optional().describe("Where the next page's cursor or URL is."),
    more: singlePath.optional().describe("Where the answer says whether another page follows."),
    total: singlePath
      .optional()
      .describe("Where the number of all items is; it is compared with what the pages showed."),
    ...fields,
  })
  .refine(
    (given) => given.items !== undefined || [given.next, given.more, given.total].every((one) => one === undefined),
    'a mapping with "items", because the answers are mapped',
  );

const sqlLedger = z.strictObject({
  sql: z.string().min(1).max(100_000).describe("A query; $1 is the run's id. Its columns are read by their names."),
  id: column.optional().describe("The column of the id; default: id, or else the first."),
  count: column.optional().describe("The column that holds the count of the id."),
  value: column.optional().describe("The column of the value."),
  row: column.optional().describe("The column of the stored row's identity."),
});

export const ledgerSourceSchema = z.union([httpLedger, sqlLedger]);

const asking = {
  headers: headers.optional().describe("Headers of each call."),
  timeout: duration.default(120_000).describe("How long one call or statement may take."),
};

export const ledgersSchema = z
  .strictObject({
    quiet: duration.default(3_000).describe("The pause before the first read, after the users have ended."),
    betweenReads: duration.default(3_000).describe("The time between two reads."),
    within: duration.default(600_000).describe("How long all reads of all ledgers may take together."),
    ...asking,
  })
  .prefault({});

export const cleanUpSchema = z.strictObject({
  http: z
    .string()
    .regex(/^(GET|POST|PUT|DELETE) \/(?!\/)/, 'a METHOD and path, as "POST /clean-up"')
    .describe("The method and path of the call, which answers with the number of rows that remain."),
  within: duration.default(300_000).describe("How long it may take until nothing remains."),
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
