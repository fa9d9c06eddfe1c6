/** An admin books a delivery, sets a price, and checks that the catalogue shows it. */
import { scenario, type User } from "gameday";
import { anyPiece, logInAsAdmin } from "./staff.ts";

/** Few products, so that several admins set and read the same price at the same time. */
const PRICED = { first: 190, count: 10 } as const;
/** The price of each of them before the load; the claim about prices names it as `initial`. */
const INITIAL_PRICE_CENTS = 100_000;

export default scenario({
  name: "stock-and-prices",
  weight: 5,
  tags: { role: "admin" },
  think: { uniform: ["0.8s", "2.6s"] },
  onStart: logInAsAdmin,
  login: logInAsAdmin,
  async setup({ runId, http }) {
    await http.post("/login", { json: { id: `${runId}/setup/admin`, name: "admin-0" }, expect: [201] });
    for (let product = PRICED.first; product < PRICED.first + PRICED.count; product++) {
      const change = { id: `${runId}/setup/price/${product}`, priceCents: INITIAL_PRICE_CENTS };
      const reply = await http.put(`/products/${product}/price`, { json: change });
      if (!reply.ok)
        throw new Error(`the price of product ${product} could not be set: ${reply.status} ${reply.text()}`);
    }
    await http.post("/logout"); // A session that no user opened would be a row that no recorded operation explains.
    return null;
  },
  async run(user) {
    await bookDelivery(user);
    await user.think();
    const product = PRICED.first + user.random.int(PRICED.count);
    await setPrice(user, product);
    await user.think();
    await readPrice(user, product);
  },
});

/** One delivery is a row of its own and an increase of the stock. */
async function bookDelivery(user: User): Promise<void> {
  const id = user.uniqueId();
  const delivery = { product: anyPiece(user), quantity: 1 + user.random.int(5) };
  const book = () => user.http.post("/stock", { json: { id, ...delivery }, name: "POST /stock", notApplied: [422] });
  const stock = { object: "stock", kind: "put", id, key: `product/${delivery.product}`, input: delivery.quantity };
  const put = () => user.record(stock, book);
  await user.record({ object: "deliveries", kind: "add", id, input: delivery }, put);
}

async function setPrice(user: User, product: number): Promise<void> {
  const id = user.uniqueId();
  const priceCents = 1_000 + user.random.int(1_000_000);
  const key = `product/${product}`;
  await user.record({ object: "prices", kind: "write", id, key, input: priceCents }, () =>
    user.http.put(`/products/${product}/price`, { json: { id, priceCents }, name: "PUT /products/:id/price" }),
  );
}

async function readPrice(user: User, product: number): Promise<void> {
  const output = (reply: { json<T>(): T }) => reply.json<{ priceCents: number }>().priceCents;
  const read = { object: "prices", kind: "read", id: user.uniqueId(), key: `product/${product}`, input: null, output };
  await user.record(read, () => user.http.get(`/products/${product}`, { name: "GET /products/:id" }));
}
