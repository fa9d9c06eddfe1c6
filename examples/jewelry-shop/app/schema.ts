/**
 * The tables of the shop. Clients' own ids compare byte by byte (COLLATE "C"), so that the rows of one run form one range of the
 * index. Amounts are whole cents.
 */
export const TABLES = `
CREATE TABLE IF NOT EXISTS products (
  id integer PRIMARY KEY,
  name text NOT NULL,
  category text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents > 0)
);
CREATE INDEX IF NOT EXISTS products_by_category ON products (category, id);

-- Each change once, so that a late repeat of an old one does not undo a newer one.
CREATE TABLE IF NOT EXISTS price_changes (
  client_id text COLLATE "C" PRIMARY KEY,
  product_id integer NOT NULL REFERENCES products,
  price_cents integer NOT NULL
);

CREATE TABLE IF NOT EXISTS stock (
  product_id integer PRIMARY KEY REFERENCES products,
  initial integer NOT NULL,
  quantity integer NOT NULL CHECK (quantity >= 0)
) WITH (fillfactor = 50);

CREATE TABLE IF NOT EXISTS restocks (
  client_id text COLLATE "C" PRIMARY KEY,
  product_id integer NOT NULL REFERENCES products,
  quantity integer NOT NULL CHECK (quantity > 0)
);

CREATE TABLE IF NOT EXISTS staff (
  name text PRIMARY KEY,
  role text NOT NULL CHECK (role IN ('employee', 'admin'))
);

CREATE TABLE IF NOT EXISTS customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  city text NOT NULL
);
CREATE INDEX IF NOT EXISTS customers_by_name ON customers (lower(name) text_pattern_ops, id);

CREATE TABLE IF NOT EXISTS orders (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id text COLLATE "C" NOT NULL,
  customer_id integer NOT NULL REFERENCES customers,
  sold_by text NOT NULL,
  till text COLLATE "C",
  total_cents integer NOT NULL,
  -- What was asked for, so that the same id with another wish is recognised.
  wish text NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT orders_once UNIQUE (client_id)
);
CREATE INDEX IF NOT EXISTS orders_by_customer ON orders (customer_id, number DESC);

CREATE TABLE IF NOT EXISTS order_lines (
  order_number bigint NOT NULL REFERENCES orders ON DELETE CASCADE,
  product_id integer NOT NULL REFERENCES products,
  quantity integer NOT NULL CHECK (quantity > 0),
  price_cents integer NOT NULL,
  PRIMARY KEY (order_number, product_id)
);

-- One till per cash desk: how many sales it rang up. A counter that many write at the same time.
CREATE TABLE IF NOT EXISTS tills (
  id text COLLATE "C" PRIMARY KEY,
  sales integer NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE IF NOT EXISTS repairs (
  client_id text COLLATE "C" PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers,
  item text NOT NULL,
  state text NOT NULL DEFAULT 'taken-in' CHECK (state IN ('taken-in', 'in-work', 'ready')),
  taken_in_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS repairs_by_customer ON repairs (customer_id);
`;

/** How many of each the shop opens with. */
export const SEED = { products: 200, services: 8, customers: 2_000, employees: 1_000, admins: 50 } as const;

/** The first rows. Services (gift wrap, engraving ...) have the lowest ids and a stock that does not run out. */
export const ROWS = `
INSERT INTO products (id, name, category, price_cents)
SELECT n,
  CASE WHEN n <= ${SEED.services} THEN 'Service ' || n
    ELSE (ARRAY['Ring', 'Necklace', 'Bracelet', 'Earrings', 'Watch', 'Brooch'])[1 + n % 6] || ' No. ' || n END,
  CASE WHEN n <= ${SEED.services} THEN 'services'
    ELSE (ARRAY['rings', 'necklaces', 'bracelets', 'earrings', 'watches', 'brooches'])[1 + n % 6] END,
  CASE WHEN n <= ${SEED.services} THEN 500 + n * 100 ELSE 4900 + (n * 7919) % 250000 END
FROM generate_series(1, ${SEED.products}) AS n ON CONFLICT DO NOTHING;

INSERT INTO stock (product_id, initial, quantity)
SELECT n, amount, amount FROM generate_series(1, ${SEED.products}) AS n,
  LATERAL (SELECT CASE WHEN n <= ${SEED.services} THEN 1000000000 ELSE 1000000 END AS amount) AS a
ON CONFLICT DO NOTHING;

INSERT INTO staff (name, role)
SELECT 'employee-' || n, 'employee' FROM generate_series(0, ${SEED.employees - 1}) AS n
UNION ALL SELECT 'admin-' || n, 'admin' FROM generate_series(0, ${SEED.admins - 1}) AS n ON CONFLICT DO NOTHING;

INSERT INTO customers (id, name, city)
SELECT n,
  (ARRAY['Ada', 'Berta', 'Clara', 'Dora', 'Emil', 'Fritz', 'Greta', 'Hans', 'Ida', 'Jonas'])[1 + n % 10] || ' ' ||
  (ARRAY['Adler', 'Baum', 'Christ', 'Dorn', 'Engel', 'Falk', 'Graf', 'Haas', 'Ilg', 'Jung', 'Kern'])[1 + n % 11] || ' ' || n,
  (ARRAY['Berlin', 'Bremen', 'Dresden', 'Essen', 'Hamburg', 'Jena', 'Kiel'])[1 + n % 7]
FROM generate_series(1, ${SEED.customers}) AS n ON CONFLICT DO NOTHING;
`;
