/** Reports that it is ready from its first moment, whatever the state of its stores, while it still warms up. */
import { Unavailable } from "../../../examples/jewelry-shop/app/errors.ts";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";
import { furnish } from "../../../examples/jewelry-shop/app/shop.ts";
import type { Database } from "../../../examples/jewelry-shop/app/store/pool.ts";

const WARM_UP_MS = 4_000;

function warmingUp(database: Database): Database {
  const readyAtMs = performance.now() + WARM_UP_MS;
  return {
    run: async (statement, values) => {
      if (performance.now() < readyAtMs) throw new Unavailable("warming-up", "the shop is warming up");
      return database.run(statement, values);
    },
    close: () => database.close(),
  };
}

await runShop((_shop, stores, environment) => ({
  ...furnish({ ...stores, database: warmingUp(stores.database) }, environment),
  readiness: { check: async () => ({ obstacles: {}, away: {} }), drain: () => undefined },
}));
