/** An admin books a delivery, sets a price, and looks whether the catalogue shows it. */
import { scenario, type User } from "gameday";
import { anyPiece, logInAsAdmin } from "./staff.ts";

/** Few, so that several admins set and read the same price at the same time. */
const PRICED = 10;

export default scenario({
  name: "stock-and-prices",
  weight: 5,
  tags: { role: "admin" },
  think: { uniform: ["0.8s", "2.6s"] },
  onStart: logInAsAdmin,
  login: logInAsAdmin,
  async run(user) {
    await bookDelivery(user);
    await user.think();
    const product = 190 + user.random.int(PRICED);
    await setPrice(user, product);
    await user.think();
    await readPrice(user, product);
  },
});

async function bookDelivery(user: User): Promise<void> {
  const id = user.uniqueId();
  const delivery = { product: anyPiece(user), quantity: 1 + user.random.int(5) };
  await user.record({ object: "deliveries", kind: "add", id, input: delivery }, () =>
    user.http.post("/stock", { json: { id, ...delivery }, name: "POST /stock", notApplied: [422] }),
  );
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
