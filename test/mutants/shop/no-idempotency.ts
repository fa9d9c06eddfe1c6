/** Retries an order when the database failed it, without checking whether the first attempt was committed. */
import { Unavailable } from "../../../examples/jewelry-shop/app/errors.ts";
import type { Order, Orders } from "../../../examples/jewelry-shop/app/orders.ts";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";
import type { Stores } from "../../../examples/jewelry-shop/app/shop.ts";

const ATTEMPTS = 20;
const PAUSE_MS = 500;

const FREE = { name: "free", text: "ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_once" };
const PLACE = {
  name: "place-blindly",
  text: `
WITH wanted AS (
  SELECT w.product_id, w.quantity, p.price_cents
  FROM unnest($5::integer[], $6::integer[]) AS w (product_id, quantity) JOIN products p ON p.id = w.product_id
), placed AS (
  INSERT INTO orders (client_id, customer_id, sold_by, till, wish, total_cents)
  SELECT $1, $2, $3, $4, '', sum(quantity * price_cents) FROM wanted RETURNING *
), lines AS (
  INSERT INTO order_lines (order_number, product_id, quantity, price_cents)
  SELECT placed.number, wanted.* FROM placed, wanted
), taken AS (
  UPDATE stock s SET quantity = s.quantity - w.quantity FROM wanted w WHERE s.product_id = w.product_id
), rung AS (
  INSERT INTO tills AS t (id, sales) SELECT till, 1 FROM placed WHERE till IS NOT NULL
  ON CONFLICT (id) DO UPDATE SET sales = t.sales + 1
)
SELECT client_id AS id, number::float8 AS number, customer_id AS customer, total_cents AS "totalCents" FROM placed`,
};

function blind({ database }: Stores, orders: Orders): Orders {
  let freed: Promise<unknown> | null = null;
  return {
    ...orders,
    place: async (wish, soldBy) => {
      freed ??= database.run(FREE);
      await freed.catch(() => undefined);
      const products = wish.lines.map((line) => line.product);
      const values = [wish.id, wish.customer, soldBy, wish.till, products, wish.lines.map((line) => line.quantity)];
      for (let attempt = 1; ; attempt++) {
        try {
          const [row] = await database.run(PLACE, values);
          return { order: row as unknown as Order, repeat: false };
        } catch (error) {
          if (!(error instanceof Unavailable) || attempt === ATTEMPTS) throw error;
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
      }
    },
  };
}

await runShop((shop, stores) => ({ ...shop, orders: blind(stores, shop.orders) }));
