/**
 * Products and their prices. A single product is always read from the database. A page of the catalogue may be up to PAGE_AGE_MS
 * old, because it is read far more often than it changes.
 */
import { unknownThing } from "./errors.ts";
import type { Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";
import { remembered } from "./store/remembered.ts";

export const PAGE_AGE_MS = 1_000;
const PAGE_SIZE = 20;

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
}

export interface Catalogue {
  page(category: string, afterId: number): Promise<readonly Product[]>;
  product(id: number): Promise<(Product & { readonly inStock: number }) | null>;
  /**
   * Sets a price. The same id again changes nothing, even after a newer change. Throws HttpError 422 when there is no such
   * product.
   */
  setPrice(id: string, product: number, priceCents: number): Promise<{ readonly repeat: boolean }>;
}

const COLUMNS = `p.id, p.name, p.category, p.price_cents AS "priceCents"`;
const PAGE: Statement = {
  name: "catalogue-page",
  text: `SELECT ${COLUMNS} FROM products p WHERE p.category = $1 AND p.id > $2 ORDER BY p.id LIMIT ${PAGE_SIZE}`,
};
const PRODUCT: Statement = {
  name: "product",
  text: `SELECT ${COLUMNS}, s.quantity AS "inStock" FROM products p JOIN stock s ON s.product_id = p.id WHERE p.id = $1`,
};
/** As with orders, a repeat also writes, so that it waits for the standby. */
const SET_PRICE: Statement = {
  name: "set-price",
  text: `
WITH change AS (
  INSERT INTO price_changes AS c (client_id, product_id, price_cents) VALUES ($1, $2, $3)
  ON CONFLICT (client_id) DO UPDATE SET price_cents = c.price_cents RETURNING c.*, c.xmax <> 0 AS repeat
), changed AS (
  UPDATE products SET price_cents = change.price_cents FROM change WHERE id = change.product_id AND NOT repeat
)
SELECT repeat FROM change`,
};

export function catalogue(database: Database): Catalogue {
  const pages = remembered(PAGE_AGE_MS, 1_000, async (key: string) => {
    const at = key.indexOf(":");
    return (await database.run(PAGE, [key.slice(at + 1), Number(key.slice(0, at))])) as unknown as Product[];
  });
  return {
    page: (category, afterId) => pages(`${afterId}:${category}`),
    product: async (id) => {
      const [found] = await database.run(PRODUCT, [id]);
      return found === undefined ? null : (found as unknown as Product & { inStock: number });
    },
    setPrice: async (id, product, priceCents) => {
      const [changed] = await database.run(SET_PRICE, [id, product, priceCents]).catch(unknownThing);
      return { repeat: changed?.["repeat"] === true };
    },
  };
}
