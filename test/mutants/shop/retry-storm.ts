/** Repeats a failed order thousands of times without backoff, and does not stop when it has succeeded. */
import type { Orders } from "../../../examples/jewelry-shop/app/orders.ts";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";

const REPEATS = 2_000;
const EVERY_MS = 10;

function stormy(orders: Orders): Orders {
  const storm = (...order: Parameters<Orders["place"]>) => {
    let left = REPEATS;
    const timer = setInterval(() => {
      orders.place(...order).catch(() => undefined);
      left -= 1;
      if (left === 0) clearInterval(timer);
    }, EVERY_MS);
  };
  return {
    ...orders,
    place: (...order) =>
      orders.place(...order).catch((error: unknown) => {
        storm(...order);
        throw error;
      }),
  };
}

await runShop((shop) => ({ ...shop, orders: stormy(shop.orders) }));
