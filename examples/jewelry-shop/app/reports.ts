/** Reports read a bounded number of rows and are cached for a while, so that admins cannot slow down the counter. */
import type { Row, Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";
import { remembered } from "./store/remembered.ts";

const AGE_MS = 2_000;

export interface Reports {
  /** Returns the number and sum of the latest orders (at most 1,000), and the seller of the most of them. */
  sales(): Promise<Row>;
  /** Returns the 20 products with the lowest stock. */
  lowStock(): Promise<Row[]>;
}

const SALES: Statement = {
  name: "report-sales",
  text: `
SELECT count(*)::integer AS orders, coalesce(sum(total_cents), 0)::float8 AS "totalCents",
  mode() WITHIN GROUP (ORDER BY sold_by) AS "bestSeller"
FROM (SELECT total_cents, sold_by FROM orders ORDER BY number DESC LIMIT 1000) AS latest`,
};
const LOW_STOCK: Statement = {
  name: "report-low-stock",
  text: `
SELECT p.id, p.name, s.quantity FROM stock s JOIN products p ON p.id = s.product_id
ORDER BY s.quantity, p.id LIMIT 20`,
};

export function reports(database: Database): Reports {
  const known = remembered(AGE_MS, 2, (name) => database.run(name === "sales" ? SALES : LOW_STOCK));
  return {
    sales: async () => (await known("sales"))[0] ?? {},
    lowStock: () => known("low-stock"),
  };
}
