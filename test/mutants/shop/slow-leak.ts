/** Keeps data about each order in memory forever. */
import type { Orders } from "../../../examples/jewelry-shop/app/orders.ts";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";

const BYTES_PER_ORDER = 200_000;

function hoarding(orders: Orders): Orders {
  const kept: Buffer[] = [];
  return {
    ...orders,
    place: (wish, soldBy) => {
      kept.push(Buffer.alloc(BYTES_PER_ORDER, wish.id));
      return orders.place(wish, soldBy);
    },
  };
}

await runShop((shop) => ({ ...shop, orders: hoarding(shop.orders) }));
