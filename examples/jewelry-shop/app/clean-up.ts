/** Removes a run's rows from the books and restores the stock as if the run had never sold or delivered anything. */
import { CART_KEY } from "./carts.ts";
import { SESSION_KEY } from "./sessions.ts";
import type { AcknowledgedWrites } from "./store/acknowledged.ts";
import type { Statement } from "./store/connection.ts";
import { keysOf } from "./store/keys.ts";
import type { Database } from "./store/pool.ts";
import type { RedisConnection } from "./store/redis.ts";

const CHUNK = 500;
/** The longest that one call works, well within the timeout of a proxy. A caller repeats the call until nothing remains. */
const BUDGET_MS = 1_500;

export type CleanUp = (run: string) => Promise<{ readonly remaining: number }>;

/** Removes the first rows of a range. Returns their number and the id of the last one. */
const REMOVE_ORDERS: Statement = {
  name: "remove-orders",
  text: `
WITH gone AS (
  SELECT number, client_id FROM orders WHERE client_id > $1 AND client_id < $2 ORDER BY client_id LIMIT ${CHUNK} FOR UPDATE
), back AS (
  SELECT product_id, sum(quantity)::integer AS quantity FROM order_lines WHERE order_number IN (SELECT number FROM gone)
  GROUP BY product_id
), returned AS (
  UPDATE stock SET quantity = stock.quantity + back.quantity FROM back WHERE stock.product_id = back.product_id
), removed AS (
  DELETE FROM orders WHERE number IN (SELECT number FROM gone)
)
SELECT count(*)::integer AS count, max(client_id) AS last FROM gone`,
};
const REMOVE_DELIVERIES: Statement = {
  name: "remove-deliveries",
  text: `
WITH gone AS (
  SELECT client_id, product_id, quantity FROM restocks WHERE client_id > $1 AND client_id < $2
  ORDER BY client_id LIMIT ${CHUNK} FOR UPDATE
), back AS (
  SELECT product_id, sum(quantity)::integer AS quantity FROM gone GROUP BY product_id
), returned AS (
  UPDATE stock SET quantity = stock.quantity - back.quantity FROM back WHERE stock.product_id = back.product_id
), removed AS (
  DELETE FROM restocks WHERE client_id IN (SELECT client_id FROM gone)
)
SELECT count(*)::integer AS count, max(client_id) AS last FROM gone`,
};
const removeFrom = (table: string, key: string): Statement => ({
  name: `remove-${table}`,
  text: `
WITH gone AS (
  SELECT ${key} AS id FROM ${table} WHERE ${key} > $1 AND ${key} < $2 ORDER BY ${key} LIMIT ${CHUNK} FOR UPDATE
), removed AS (
  DELETE FROM ${table} WHERE ${key} IN (SELECT id FROM gone)
)
SELECT count(*)::integer AS count, max(id) AS last FROM gone`,
});
/**
 * Orders come before deliveries: their stock is returned before that of the deliveries is removed, so that it never falls short.
 */
const REMOVALS = [
  REMOVE_ORDERS,
  REMOVE_DELIVERIES,
  removeFrom("repairs", "client_id"),
  removeFrom("price_changes", "client_id"),
  removeFrom("tills", "id"),
];
const REMAINING: Statement = {
  name: "remaining",
  text: `
SELECT ((SELECT count(*) FROM orders WHERE client_id > $1 AND client_id < $2)
  + (SELECT count(*) FROM restocks WHERE client_id > $1 AND client_id < $2)
  + (SELECT count(*) FROM repairs WHERE client_id > $1 AND client_id < $2)
  + (SELECT count(*) FROM price_changes WHERE client_id > $1 AND client_id < $2)
  + (SELECT count(*) FROM tills WHERE id > $1 AND id < $2))::integer AS remaining`,
};

export function cleanUp(database: Database, reads: RedisConnection, writes: AcknowledgedWrites): CleanUp {
  return async (run) => {
    const range = [`${run}/`, `${run}0`] as const;
    const end = performance.now() + BUDGET_MS;
    for (const removal of REMOVALS) await removeAll(database, removal, range, end);
    const [row] = await database.run(REMAINING, range);
    return { remaining: Number(row?.["remaining"]) + (await removeKeys(reads, writes, run, end)) };
  };
}

/** Each chunk starts where the previous one ended. Starting at the front again would scan all rows that are already dead. */
async function removeAll(
  database: Database,
  removal: Statement,
  [first, end]: readonly [string, string],
  endMs: number,
): Promise<void> {
  let from = first;
  while (performance.now() < endMs) {
    const [row] = await database.run(removal, [from, end]);
    if (Number(row?.["count"]) === 0) return;
    from = String(row?.["last"]);
  }
}

async function removeKeys(
  reads: RedisConnection,
  writes: AcknowledgedWrites,
  run: string,
  end: number,
): Promise<number> {
  const keys = (await Promise.all([SESSION_KEY, CART_KEY].map((prefix) => keysOf(reads, `${prefix}${run}/`)))).flat();
  let at = 0;
  while (at < keys.length && performance.now() < end) {
    await writes.write([["unlink", ...keys.slice(at, at + CHUNK)]]);
    at += CHUNK;
  }
  return Math.max(0, keys.length - at);
}
