/** Closes for good when it cannot reach its stores for a while, and does not reopen when it can. */
import { setTimeout as delay } from "node:timers/promises";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";
import type { Stores } from "../../../examples/jewelry-shop/app/shop.ts";

/** Longer than any failover makes both stores unavailable at once: only a replica that is cut off gives up. */
const PATIENCE_MS = 3_000;
const LOOK_EVERY_MS = 300;

const HELLO = { name: "hello", text: "SELECT 1" };

function canReach({ database, reads }: Stores): Promise<boolean> {
  return Promise.any([database.run(HELLO), reads.send([["ping"]])]).then(
    () => true,
    () => false,
  );
}

async function untilCutOff(stores: Stores): Promise<void> {
  for (let reachedAtMs = performance.now(); performance.now() - reachedAtMs < PATIENCE_MS; await delay(LOOK_EVERY_MS))
    if (await canReach(stores)) reachedAtMs = performance.now();
}

await runShop((shop, stores) => {
  void untilCutOff(stores).then(() => shop.readiness.drain());
  return shop;
});
