/**
 * Places orders: one statement writes the order's row, its lines, the stock that they use and the till's count, all or nothing.
 */
import { refused, unknownThing } from "./errors.ts";
import type { Row, Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";

export interface Wish {
  /** The client's own id. The same id always means the same order, no matter how often it is sent. */
  readonly id: string;
  readonly customer: number;
  readonly lines: readonly { readonly product: number; readonly quantity: number }[];
  readonly till: string | null;
}

export interface Order {
  readonly id: string;
  readonly number: number;
  readonly customer: number;
  readonly totalCents: number;
}

export interface Orders {
  /**
   * Places the order, or finds the one that already has this id. Throws HttpError: 409 when it is not in stock, 422 when
   * something that it names does not exist.
   */
  place(wish: Wish, soldBy: string): Promise<{ readonly order: Order; readonly repeat: boolean }>;
  find(id: string): Promise<Order | null>;
}

const FOUND = `client_id AS id, number::float8 AS number, customer_id AS customer, total_cents AS "totalCents"`;

/**
 * Locks the stock rows in the order of their ids, so that two orders cannot deadlock. Selling more than the stock holds violates
 * its CHECK constraint and fails the whole statement. A repeat rewrites its row unchanged, because only a transaction that writes
 * waits for the standby, and a 200 must be worth as much as the 201 was.
 */
const PLACE: Statement = {
  name: "place-order",
  text: `
WITH wanted AS (
  SELECT w.product_id, w.quantity, p.price_cents
  FROM unnest($5::integer[], $6::integer[]) AS w (product_id, quantity) LEFT JOIN products p ON p.id = w.product_id
), placed AS (
  INSERT INTO orders AS o (client_id, customer_id, sold_by, till, wish, total_cents)
  SELECT $1, $2, $3, $4, $7, sum(quantity * price_cents) FROM wanted
  ON CONFLICT (client_id) DO UPDATE SET wish = o.wish RETURNING o.*, o.xmax <> 0 AS repeat
), fresh AS (
  SELECT * FROM placed WHERE NOT repeat
), locked AS (
  SELECT product_id FROM stock WHERE product_id = ANY ($5::integer[]) AND EXISTS (SELECT FROM fresh)
  ORDER BY product_id FOR UPDATE
), taken AS (
  UPDATE stock s SET quantity = s.quantity - w.quantity
  FROM locked JOIN wanted w USING (product_id) WHERE s.product_id = locked.product_id
), lines AS (
  INSERT INTO order_lines (order_number, product_id, quantity, price_cents)
  SELECT fresh.number, w.product_id, w.quantity, w.price_cents FROM fresh, wanted w
), rung AS (
  INSERT INTO tills AS t (id, sales) SELECT till, 1 FROM fresh WHERE till IS NOT NULL
  ON CONFLICT (id) DO UPDATE SET sales = t.sales + 1
)
SELECT ${FOUND}, wish, repeat FROM placed`,
};

const FIND: Statement = { name: "find-order", text: `SELECT ${FOUND} FROM orders WHERE client_id = $1` };

export function orders(database: Database): Orders {
  return {
    place: async (wish, soldBy) => {
      const asked = canonical(wish);
      const products = wish.lines.map((line) => line.product);
      const quantities = wish.lines.map((line) => line.quantity);
      const values = [wish.id, wish.customer, soldBy, wish.till, products, quantities, asked];
      const [placed = {}] = await database.run(PLACE, values).catch(explained);
      if (placed["wish"] !== asked) throw refused("id-reused", "another order has this id", 409);
      return { order: orderOf(placed), repeat: placed["repeat"] === true };
    },
    find: async (id) => {
      const [found] = await database.run(FIND, [id]);
      return found === undefined ? null : orderOf(found);
    },
  };
}

function canonical({ customer, lines, till }: Wish): string {
  return JSON.stringify([customer, till, lines.map(({ product, quantity }) => [product, quantity])]);
}

function orderOf(row: Row): Order {
  const { id, number, customer, totalCents } = row as unknown as Order;
  return { id, number, customer, totalCents };
}

/** Translates the SQLSTATEs with which PostgreSQL reports that the order cannot be fulfilled. */
function explained(error: unknown): never {
  const { code } = error as { code?: unknown };
  if (code === "23514") throw refused("out-of-stock", "there are not that many in stock", 409);
  if (code === "23502") throw refused("no-such-thing", "no such product");
  if (code === "23505") throw refused("product-twice", "a product may be in one line only");
  unknownThing(error);
}
