/**
 * Returns 201 before the order is committed: it writes the order in the background a second later, and retries as often as
 * needed. So nothing is missing after the death of the database, only after the death of the replica.
 */
import type { Orders } from "../../../examples/jewelry-shop/app/orders.ts";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";

const LATER_MS = 1_000;
const ATTEMPTS = 300;

function promising(orders: Orders): Orders {
  const write = (attemptsLeft: number, ...order: Parameters<Orders["place"]>): void => {
    const again = () => void (attemptsLeft > 1 && write(attemptsLeft - 1, ...order));
    setTimeout(() => orders.place(...order).catch(again), LATER_MS);
  };
  return {
    ...orders,
    place: async (wish, soldBy) => {
      write(ATTEMPTS, wish, soldBy);
      return { order: { id: wish.id, number: 0, customer: wish.customer, totalCents: 0 }, repeat: false };
    },
  };
}

await runShop((shop) => ({ ...shop, orders: promising(shop.orders) }));
