/** Shopping baskets in Redis, filled at the counter or on the web. Anyone who knows a basket's id may use it. */
import type { AcknowledgedWrites } from "./store/acknowledged.ts";
import { plain, type RedisConnection } from "./store/redis.ts";

export const CART_SECONDS = 7_200;
export const CART_KEY = "cart:";

export interface CartItem {
  readonly product: number;
  readonly quantity: number;
}

export interface Carts {
  /** Stores an item under the client's id. Putting the same id again does not add another item. */
  put(cart: string, id: string, item: CartItem): Promise<void>;
  list(cart: string): Promise<(CartItem & { readonly id: string })[]>;
  remove(cart: string, id: string): Promise<void>;
}

export function carts(reads: RedisConnection, writes: AcknowledgedWrites): Carts {
  return {
    put: (cart, id, { product, quantity }) =>
      writes.write([
        ["hset", CART_KEY + cart, id, JSON.stringify({ product, quantity })],
        ["expire", CART_KEY + cart, CART_SECONDS],
      ]),
    list: async (cart) => {
      const found = plain((await reads.send([["hgetall", CART_KEY + cart]]))[0]);
      return pairs(found).map(([id, item]) => ({ id, ...(JSON.parse(item) as CartItem) }));
    },
    remove: (cart, id) => writes.write([["hdel", CART_KEY + cart, id]]),
  };
}

/** Converts a Redis hash into pairs of name and value. Redis returns it as an object or as a flat list of names and values. */
export function pairs(answer: unknown): [string, string][] {
  if (!Array.isArray(answer)) return Object.entries((answer ?? {}) as Record<string, string>);
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < answer.length; at += 2) found.push([String(answer[at]), String(answer[at + 1])]);
  return found;
}
