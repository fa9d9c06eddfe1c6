/** Returns 200 when an order failed, and reports the failure only in the body. */
import { messageOf } from "../../../examples/jewelry-shop/app/errors.ts";
import type { Order, Orders } from "../../../examples/jewelry-shop/app/orders.ts";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";

function polite(orders: Orders): Orders {
  const excuse = (error: unknown) => ({ error: messageOf(error) }) as unknown as Order;
  return {
    ...orders,
    place: (wish, soldBy) =>
      orders.place(wish, soldBy).catch((error: unknown) => ({ order: excuse(error), repeat: true })),
  };
}

await runShop((shop) => ({ ...shop, orders: polite(shop.orders) }));
