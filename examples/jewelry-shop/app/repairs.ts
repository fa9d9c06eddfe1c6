import { unknownThing } from "./errors.ts";
import type { Row, Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";

export interface Repair {
  readonly id: string;
  readonly customer: number;
  readonly item: string;
}

export interface Repairs {
  /** Takes a piece in under the client's id; the same id again is the same piece. */
  takeIn(repair: Repair): Promise<{ readonly repeat: boolean }>;
  find(id: string): Promise<Row | null>;
}

const TAKE_IN: Statement = {
  name: "take-in-repair",
  text: `INSERT INTO repairs (client_id, customer_id, item) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING client_id`,
};
const FIND: Statement = {
  name: "find-repair",
  text: `SELECT client_id AS id, customer_id AS customer, item, state FROM repairs WHERE client_id = $1`,
};

export function repairs(database: Database): Repairs {
  return {
    takeIn: async ({ id, customer, item }) => {
      const taken = await database.run(TAKE_IN, [id, customer, item]).catch(unknownThing);
      return { repeat: taken.length === 0 };
    },
    find: async (id) => (await database.run(FIND, [id]))[0] ?? null,
  };
}
