import type { Row, Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";

export interface Customers {
  /** Returns at most 20 customers whose name begins with these letters, ordered by name. */
  search(prefix: string): Promise<Row[]>;
  /** Returns one customer with the latest orders and the number of open repairs; null when there is none. */
  find(id: number): Promise<Row | null>;
}

const SEARCH: Statement = {
  name: "search-customers",
  text: `SELECT id, name, city FROM customers WHERE lower(name) LIKE $1 ORDER BY lower(name) USING ~<~, id LIMIT 20`,
};

const FIND: Statement = {
  name: "find-customer",
  text: `
SELECT c.id, c.name, c.city,
  (SELECT coalesce(json_agg(o), '[]') FROM (
     SELECT client_id AS id, total_cents AS "totalCents" FROM orders
     WHERE customer_id = c.id ORDER BY number DESC LIMIT 5) AS o) AS orders,
  (SELECT count(*)::integer FROM (SELECT FROM repairs WHERE customer_id = c.id LIMIT 100) AS r) AS repairs
FROM customers c WHERE c.id = $1`,
};

export function customers(database: Database): Customers {
  return {
    search: (prefix) => database.run(SEARCH, [`${prefix.toLowerCase().replaceAll(/[\\%_]/g, "\\$&")}%`]),
    find: async (id) => (await database.run(FIND, [id]))[0] ?? null,
  };
}
