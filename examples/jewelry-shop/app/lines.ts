/** Checks the stores for the shop's readiness: whether a write would be accepted now. */
import { Unavailable } from "./errors.ts";
import type { Line } from "./readiness.ts";
import type { AcknowledgedWrites } from "./store/acknowledged.ts";
import type { Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";
import type { RedisConnection } from "./store/redis.ts";

/** Connections that serve only for second opinions. */
export interface Witness {
  readonly database: Database;
  readonly writes: AcknowledgedWrites;
}

const WRITES_TAKEN = "NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'";
const WRITABLE: Statement = { name: "writable", text: `SELECT 1 AS writable WHERE ${WRITES_TAKEN}` };

/**
 * Really writes (a message that has no reader) and so waits for the synchronous standby as an order does. When all commits hang,
 * all of the pool's connections are waiting, and that is not the pool's fault.
 */
const WRITTEN: Statement = {
  name: "written",
  text: `SELECT pg_logical_emit_message(true, 'readiness', '') WHERE ${WRITES_TAKEN}`,
};

/** Written at each check, and acknowledged by a replica: only a write shows whether a replica would accept one. */
const MARK = ["set", "readiness", "1", "ex", 60] as const;

export function lines(
  database: Database,
  redis: { readonly reads: RedisConnection; readonly writes: AcknowledgedWrites },
  witness: Witness,
): Line[] {
  return [
    {
      store: "postgres",
      own: () => takesWrites(database, WRITABLE),
      witness: () => takesWrites(witness.database, WRITTEN),
    },
    {
      store: "redis",
      own: async () => {
        await redis.reads.send([["ping"]]);
        await redis.writes.write([MARK]);
      },
      witness: async () => witness.writes.write([MARK]),
    },
  ];
}

async function takesWrites(database: Database, statement: Statement): Promise<void> {
  const rows = await database.run(statement);
  if (rows.length === 0) throw new Unavailable("read-only", "it accepts no writes");
}
