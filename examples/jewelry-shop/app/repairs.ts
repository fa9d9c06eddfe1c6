import { unknownThing } from "./errors.ts";
import type { Row, Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";

export interface Repair {
  readonly id: string;
  readonly customer: number;
  readonly item: string;
}

export interface Repairs {
  /** Books in a piece under the client's id. The same id again is the same piece. */
  takeIn(repair: Repair): Promise<{ readonly repeat: boolean }>;
  find(id: string): Promise<Row | null>;
}

/** As with orders, a repeat also writes, so that it waits for the standby. */
const TAKE_IN: Statement = {
  name: "take-in-repair",
  text: `INSERT INTO repairs AS r (client_id, customer_id, item) VALUES ($1, $2, $3)
    ON CONFLICT (client_id) DO UPDATE SET item = r.item RETURNING r.xmax <> 0 AS repeat`,
};
const FIND: Statement = {
  name: "find-repair",
  text: `SELECT client_id AS id, customer_id AS customer, item, state FROM repairs WHERE client_id = $1`,
};

export function repairs(database: Database): Repairs {
  return {
    takeIn: async ({ id, customer, item }) => {
      const [taken] = await database.run(TAKE_IN, [id, customer, item]).catch(unknownThing);
      return { repeat: taken?.["repeat"] === true };
    },
    find: async (id) => (await database.run(FIND, [id]))[0] ?? null,
  };
}
