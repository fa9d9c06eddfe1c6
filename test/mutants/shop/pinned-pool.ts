/**
 * Writes orders over one connection, the first that it opened, and never replaces it; reads and health checks use a sound pool.
 */
import { Unavailable } from "../../../examples/jewelry-shop/app/errors.ts";
import { orders } from "../../../examples/jewelry-shop/app/orders.ts";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";
import { type Connection, connect } from "../../../examples/jewelry-shop/app/store/connection.ts";
import type { Database } from "../../../examples/jewelry-shop/app/store/pool.ts";

function pinned(url: string): Database {
  let first: Promise<Connection> | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  return {
    run: (statement, values = []) => {
      first ??= connect({ url, connectMs: 30_000, statementMs: 900 });
      const connection = first;
      const answer = queue
        .then(async () => (await connection).run(statement, values))
        .catch((error) => {
          throw error instanceof Error && "severity" in error ? error : new Unavailable("database-lost", String(error));
        });
      queue = answer.catch(() => undefined);
      return answer;
    },
    close: () => undefined,
  };
}

await runShop((shop, _stores, { databaseUrl }) => ({
  ...shop,
  orders: { ...shop.orders, place: orders(pinned(databaseUrl)).place },
}));
