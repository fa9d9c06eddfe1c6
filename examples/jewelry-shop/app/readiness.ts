/**
 * Ready means: a write would be taken now, by both stores. A "ready" is remembered for a moment, so that health checks from
 * several places cost next to nothing; "not ready" never is, so that its end is seen at once.
 */
import { messageOf } from "./errors.ts";
import type { AcknowledgedWrites } from "./store/acknowledged.ts";
import type { Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";
import { remembered } from "./store/remembered.ts";

const AGE_MS = 800;

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
  const look = remembered(AGE_MS, 1, async () => {
    const obstacles = await obstaclesOf(database, writes);
    if (Object.keys(obstacles).length > 0) throw new NotReady(obstacles);
    return obstacles;
  });
  return {
    check: async () => (draining ? { shop: "it is closing" } : look("stores").catch(asObstacles)),
    drain: () => {
      draining = true;
    },
  };
}

/** Thrown rather than answered, because `remembered` forgets failures. */
class NotReady extends Error {
  readonly obstacles: Obstacles;

  constructor(obstacles: Obstacles) {
    super("not ready");
    this.obstacles = obstacles;
  }
}

function asObstacles(error: unknown): Obstacles {
  if (error instanceof NotReady) return error.obstacles;
  throw error;
}

async function obstaclesOf(database: Database, writes: AcknowledgedWrites): Promise<Obstacles> {
  const [postgres, redis] = await Promise.all([
    obstacle(async () => {
      const [row] = await database.run(WRITABLE);
      return row?.["writable"] === true ? null : "it takes no writes";
    }),
    obstacle(() => writes.write([MARK]).then(() => null)),
  ]);
  return { ...(postgres === null ? {} : { postgres }), ...(redis === null ? {} : { redis }) };
}

async function obstacle(look: () => Promise<string | null>): Promise<string | null> {
  try {
    return await look();
  } catch (error) {
    return messageOf(error);
  }
}
