/** Acknowledges a Redis write as soon as the master has it, without a WAIT for a replica. */
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";
import { furnish } from "../../../examples/jewelry-shop/app/shop.ts";
import type { AcknowledgedWrites } from "../../../examples/jewelry-shop/app/store/acknowledged.ts";
import { plain, type RedisConnection } from "../../../examples/jewelry-shop/app/store/redis.ts";

function hasty(redis: RedisConnection): AcknowledgedWrites {
  return { write: async (commands) => (await redis.send(commands)).forEach(plain) };
}

await runShop((_shop, stores, environment) => furnish({ ...stores, writes: hasty(stores.reads) }, environment));
