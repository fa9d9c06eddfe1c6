/** The stock. Orders reduce it (orders.ts); deliveries increase it, each delivery once. */
import { unknownThing } from "./errors.ts";
import type { Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";

export interface Delivery {
  readonly id: string;
  readonly product: number;
  readonly quantity: number;
}

export interface Stock {
  /** Adds a delivery under the client's id. Throws HttpError 422 when there is no such product. */
  add(delivery: Delivery): Promise<{ readonly repeat: boolean }>;
}

/** As with orders, a repeat also writes, so that it waits for the standby. */
const ADD: Statement = {
  name: "add-stock",
  text: `
WITH delivery AS (
  INSERT INTO restocks AS r (client_id, product_id, quantity) VALUES ($1, $2, $3)
  ON CONFLICT (client_id) DO UPDATE SET quantity = r.quantity RETURNING r.*, r.xmax <> 0 AS repeat
), added AS (
  UPDATE stock SET quantity = stock.quantity + delivery.quantity
  FROM delivery WHERE stock.product_id = delivery.product_id AND NOT repeat
)
SELECT repeat FROM delivery`,
};

export function stock(database: Database): Stock {
  return {
    add: async ({ id, product, quantity }) => {
      const [added] = await database.run(ADD, [id, product, quantity]).catch(unknownThing);
      return { repeat: added?.["repeat"] === true };
    },
  };
}
