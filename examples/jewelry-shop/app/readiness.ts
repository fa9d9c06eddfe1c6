/**
 * Ready means: a write would be taken now, by both stores. The answer is remembered for a moment, so that a health check
 * each half second from several proxies costs next to nothing.
 */
import { messageOf } from "./errors.ts";
import type { AcknowledgedWrites } from "./store/acknowledged.ts";
import type { Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";
import { remembered } from "./store/remembered.ts";

const AGE_MS = 200;

/** Names of the stores that cannot be written to, each with the reason; empty: ready. */
export type Obstacles = Readonly<Record<string, string>>;

export interface Readiness {
  check(): Promise<Obstacles>;
  /** From now on it is not ready, whatever the stores say: the shop is closing. */
  drain(): void;
}

const WRITABLE: Statement = {
  name: "writable",
  text: `SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AS writable`,
};

/** Written, and waited for, at each look: whether a replica would take a write is known only by writing. */
const MARK = ["set", "readiness", "1", "ex", 60] as const;

export function readiness(database: Database, writes: AcknowledgedWrites): Readiness {
  let draining = false;
  const look = remembered(AGE_MS, 1, async (): Promise<Obstacles> => {
    const [postgres, redis] = await Promise.all([
      obstacle(async () => {
        const [row] = await database.run(WRITABLE);
        return row?.["writable"] === true ? null : "it takes no writes";
      }),
      obstacle(() => writes.write([MARK]).then(() => null)),
    ]);
    return { ...(postgres === null ? {} : { postgres }), ...(redis === null ? {} : { redis }) };
  });
  return {
    check: async () => (draining ? { shop: "it is closing" } : look("stores")),
    drain: () => {
      draining = true;
    },
  };
}

async function obstacle(look: () => Promise<string | null>): Promise<string | null> {
  try {
    return await look();
  } catch (error) {
    return messageOf(error);
  }
}
