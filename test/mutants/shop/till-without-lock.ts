/** Counts a till's sales by reading the counter, adding one here, and writing it back. */
import type { Orders } from "../../../examples/jewelry-shop/app/orders.ts";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";
import type { Stores } from "../../../examples/jewelry-shop/app/shop.ts";

const READ = { name: "read-till", text: "SELECT sales FROM tills WHERE id = $1" };
const WRITE = {
  name: "write-till",
  text: "INSERT INTO tills (id, sales) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET sales = excluded.sales",
};

function carefree({ database }: Stores, orders: Orders): Orders {
  return {
    ...orders,
    place: async (wish, soldBy) => {
      const placed = await orders.place({ ...wish, till: null }, soldBy);
      if (wish.till === null || placed.repeat) return placed;
      const [row] = await database.run(READ, [wish.till]);
      await database.run(WRITE, [wish.till, Number(row?.["sales"] ?? 0) + 1]);
      return placed;
    },
  };
}

await runShop((shop, stores) => ({ ...shop, orders: carefree(stores, shop.orders) }));
