/**
 * Reads the shop's books for an audit: what the clients of a run wrote, as the authority holds it now. Every audit answers in
 * pages of {items, complete, next, source}; `complete` is false when the answer comes from a store that is not the authority.
 */
import { CART_KEY, CART_SECONDS, type CartItem, pairs } from "./carts.ts";
import type { Json } from "./http.ts";
import { SESSION_KEY, SESSION_SECONDS } from "./sessions.ts";
import type { Statement, Value } from "./store/connection.ts";
import { keysOf } from "./store/keys.ts";
import type { Database } from "./store/pool.ts";
import { plain, type RedisConnection } from "./store/redis.ts";

export interface AuditItem {
  readonly id: string;
  readonly count: number;
  readonly value?: Json;
}

export interface AuditPage {
  readonly items: readonly AuditItem[];
  readonly complete: boolean;
  /** The `cursor` of the next page; null on the last page. */
  readonly next: string | null;
  /** The server that answered. */
  readonly source: string;
}

export interface Audit {
  orders(run: string, after: string): Promise<AuditPage>;
  repairs(run: string, after: string): Promise<AuditPage>;
  deliveries(run: string, after: string): Promise<AuditPage>;
  tills(run: string, after: string): Promise<AuditPage>;
  /** Pieces in stock, computed as if this run alone had sold and delivered since the shop opened. */
  stock(run: string): Promise<AuditPage>;
  /**
   * All products, over all runs: {initial, sold, restocked, current}. `sold` and `restocked` are summed from orders and
   * deliveries.
   */
  books(): Promise<AuditPage>;
  /** The current prices of the products whose price the run changed. */
  prices(run: string): Promise<AuditPage>;
  sessions(run: string, after: string): Promise<AuditPage>;
  carts(run: string, after: string): Promise<AuditPage>;
}

export const PAGE_ITEMS = 2_000;

/** Rows of the run whose id comes after the cursor. They form one range of the index, because ids compare byte by byte. */
const RANGE = `client_id > $1 AND client_id < $2`;
const page = (name: string, select: string): Statement => ({ name: `audit-${name}`, text: `${select} LIMIT $3` });

const ORDERS = page(
  "orders",
  `SELECT client_id AS id, count(*)::integer AS count,
     json_build_object('customer', min(customer_id), 'totalCents', min(total_cents)) AS value
   FROM orders WHERE ${RANGE} GROUP BY client_id ORDER BY client_id`,
);
const REPAIRS = page(
  "repairs",
  `SELECT client_id AS id, count(*)::integer AS count, json_build_object('customer', min(customer_id)) AS value
   FROM repairs WHERE ${RANGE} GROUP BY client_id ORDER BY client_id`,
);
const DELIVERIES = page(
  "deliveries",
  `SELECT client_id AS id, count(*)::integer AS count,
     json_build_object('product', min(product_id), 'quantity', sum(quantity)::integer) AS value
   FROM restocks WHERE ${RANGE} GROUP BY client_id ORDER BY client_id`,
);
const TILLS = page("tills", `SELECT id, 1 AS count, sales AS value FROM tills WHERE id > $1 AND id < $2 ORDER BY id`);
/** The complete books of all runs: `current` must equal initial - sold + restocked. */
const BOOKS: Statement = {
  name: "audit-books",
  text: `
SELECT 'product/' || s.product_id AS id, 1 AS count, json_build_object('initial', s.initial,
  'sold', coalesce(l.sold, 0), 'restocked', coalesce(r.restocked, 0), 'current', s.quantity) AS value
FROM stock s
LEFT JOIN (SELECT product_id, sum(quantity)::integer AS sold FROM order_lines GROUP BY 1) AS l USING (product_id)
LEFT JOIN (SELECT product_id, sum(quantity)::integer AS restocked FROM restocks GROUP BY 1) AS r USING (product_id)
ORDER BY s.product_id`,
};
/** Covers pieces only, because the probes sell services too. Removes the effect that other runs left on the stock. */
const STOCK: Statement = {
  name: "audit-stock",
  text: `
WITH others AS (
  SELECT l.product_id, l.quantity FROM orders o JOIN order_lines l ON l.order_number = o.number WHERE NOT (${RANGE})
  UNION ALL SELECT product_id, -quantity FROM restocks WHERE NOT (${RANGE})
)
SELECT 'product/' || s.product_id AS id, 1 AS count, (s.quantity + coalesce(sum(others.quantity), 0))::integer AS value
FROM stock s JOIN products p ON p.id = s.product_id LEFT JOIN others USING (product_id)
WHERE p.category <> 'services' GROUP BY s.product_id ORDER BY s.product_id`,
};
const PRICES = page(
  "prices",
  `SELECT 'product/' || id AS id, 1 AS count, price_cents AS value FROM products
   WHERE id IN (SELECT product_id FROM price_changes WHERE ${RANGE}) ORDER BY products.id`,
);
const AUTHORITY: Statement = {
  name: "audit-authority",
  text: `SELECT NOT pg_is_in_recovery() AS leader, coalesce(host(inet_server_addr()), 'local') AS address,
    inet_server_port() AS port`,
};

export function audit(database: Database, redis: RedisConnection): Audit {
  const rows = async (statement: Statement, values: readonly Value[], limit: number): Promise<AuditPage> => {
    const before = await authority(database);
    const found = (await database.run(statement, values)) as unknown as AuditItem[];
    const after = await authority(database);
    const source = `postgres ${before.says}${after.says === before.says ? "" : `, then ${after.says}`}`;
    const next = found.length < limit ? null : (found.at(-1)?.id ?? null);
    return { items: found, complete: before.leader && after.says === before.says, next, source };
  };
  const ofRun = (statement: Statement) => (run: string, after: string) =>
    rows(statement, [after > `${run}/` ? after : `${run}/`, `${run}0`, PAGE_ITEMS], PAGE_ITEMS);
  return {
    orders: ofRun(ORDERS),
    repairs: ofRun(REPAIRS),
    deliveries: ofRun(DELIVERIES),
    tills: ofRun(TILLS),
    stock: (run) => rows(STOCK, [`${run}/`, `${run}0`], Number.POSITIVE_INFINITY),
    books: () => rows(BOOKS, [], Number.POSITIVE_INFINITY),
    prices: (run) => rows(PRICES, [`${run}/`, `${run}0`, PAGE_ITEMS], PAGE_ITEMS),
    sessions: (run, after) => keyPage(redis, SESSION_KEY, run, after, sessionItems),
    carts: (run, after) => keyPage(redis, CART_KEY, run, after, cartItems),
  };
}

async function authority(database: Database): Promise<{ leader: boolean; says: string }> {
  const [row = {}] = await database.run(AUTHORITY);
  const leader = row["leader"] === true;
  return { leader, says: `${row["address"]}:${row["port"]} (${leader ? "leader" : "standby"})` };
}

type ItemsOf = (redis: RedisConnection, keys: readonly string[]) => Promise<AuditItem[]>;

/** Returns one page of whole keys: a page ends after the key that brings it to PAGE_ITEMS items or more. */
async function keyPage(
  redis: RedisConnection,
  prefix: string,
  run: string,
  after: string,
  itemsOf: ItemsOf,
): Promise<AuditPage> {
  const role = plain((await redis.send([["role"]]))[0]) as [string, unknown, unknown[]];
  const keys = (await keysOf(redis, `${prefix}${run}/`)).filter((key) => key > prefix + after);
  const items: AuditItem[] = [];
  let at = 0;
  while (at < keys.length && items.length < PAGE_ITEMS) {
    items.push(...(await itemsOf(redis, keys.slice(at, at + 50))));
    at += 50;
  }
  const last = keys[at - 1];
  const next = at < keys.length && last !== undefined ? last.slice(prefix.length) : null;
  const followers = role[0] === "master" ? `, ${role[2].length} replicas` : "";
  return { items, complete: role[0] === "master", next, source: `redis ${role[0]}${followers}` };
}

/**
 * The value of a session is what its login wrote. If its lifetime is wrong, the value also contains the lifetime, so that it
 * differs.
 */
async function sessionItems(redis: RedisConnection, keys: readonly string[]): Promise<AuditItem[]> {
  const answers = (
    await redis.send(
      keys.flatMap(
        (key) =>
          [
            ["get", key],
            ["ttl", key],
          ] as const,
      ),
    )
  ).map(plain);
  return keys.flatMap((key, at) => {
    const value = answers[at * 2];
    if (typeof value !== "string") return [];
    const { name } = JSON.parse(value) as { name: string };
    return [
      {
        id: key.slice(SESSION_KEY.length),
        count: 1,
        value: withLifetime({ name }, answers[at * 2 + 1], SESSION_SECONDS),
      },
    ];
  });
}

async function cartItems(redis: RedisConnection, keys: readonly string[]): Promise<AuditItem[]> {
  const answers = (
    await redis.send(
      keys.flatMap(
        (key) =>
          [
            ["hgetall", key],
            ["ttl", key],
          ] as const,
      ),
    )
  ).map(plain);
  return keys.flatMap((_key, at) =>
    pairs(answers[at * 2]).map(([id, item]) => {
      const value = JSON.parse(item) as CartItem;
      return { id, count: 1, value: withLifetime({ ...value }, answers[at * 2 + 1], CART_SECONDS) };
    }),
  );
}

function withLifetime(value: Record<string, number | string>, seconds: unknown, secondsMax: number): Json {
  const sound = typeof seconds === "number" && seconds > 0 && seconds <= secondsMax;
  return sound ? value : { ...value, lifetimeSeconds: Number(seconds) };
}
