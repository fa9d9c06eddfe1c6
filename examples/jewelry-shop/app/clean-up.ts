/** Takes a run's rows out of the books again, and puts the stock back as if it had never been sold or delivered. */
import { CART_KEY } from "./carts.ts";
import { SESSION_KEY } from "./sessions.ts";
import type { AcknowledgedWrites } from "./store/acknowledged.ts";
import type { Statement } from "./store/connection.ts";
import { keysOf } from "./store/keys.ts";
import type { Database } from "./store/pool.ts";
import type { RedisConnection } from "./store/redis.ts";

const CHUNK = 500;
/** One call works this long, well within what a proxy waits for an answer; who calls again until nothing remains gets it all done. */
const BUDGET_MS = 1_500;

export type CleanUp = (run: string) => Promise<{ readonly remaining: number }>;

/** Takes the first rows of a range away; answers how many, and the last one's id. */
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
/** Orders before deliveries: the stock is given back before it is taken, so that it is never short. */
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

/** Each bite begins where the one before ended: who begins at the front again wades through all that is already dead. */
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
