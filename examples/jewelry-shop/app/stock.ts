/** Stock: orders take from it (orders.ts), deliveries add to it, each delivery once. */
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

const ADD: Statement = {
  name: "add-stock",
  text: `
WITH delivery AS (
  INSERT INTO restocks (client_id, product_id, quantity) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING *
)
UPDATE stock SET quantity = stock.quantity + delivery.quantity
FROM delivery WHERE stock.product_id = delivery.product_id RETURNING stock.product_id`,
};

export function stock(database: Database): Stock {
  return {
    add: async ({ id, product, quantity }) => {
      const added = await database.run(ADD, [id, product, quantity]).catch(unknownThing);
      return { repeat: added.length === 0 };
    },
  };
}
