/** An employee sells at the counter: shows a piece, puts it into the basket, rings it up at a till. */
import { scenario, type User } from "gameday";
import { anyCustomer, anyPiece, logInAsEmployee } from "./staff.ts";

const TILLS = 20;

export default scenario({
  name: "counter-sale",
  weight: 30,
  tags: { role: "employee" },
  think: { uniform: ["0.8s", "2.6s"] },
  onStart: logInAsEmployee,
  login: logInAsEmployee,
  async run(user) {
    const item = { product: anyPiece(user), quantity: 1 + user.random.int(2) };
    const shown = await user.http.get(`/products/${item.product}`, { name: "GET /products/:id" });
    user.check("the piece is the one asked for", shown.ok && shown.json<{ id: number }>().id === item.product);
    await user.think();
    await layInBasket(user, item);
    await user.think();
    await ringUp(user, item);
  },
});

interface Item {
  readonly product: number;
  readonly quantity: number;
}

async function layInBasket(user: User, item: Item): Promise<void> {
  const id = user.uniqueId();
  const basket = encodeURIComponent(`${user.runId}/basket/${user.index}-${Math.floor(user.iteration / 50)}`);
  await user.record({ object: "carts", kind: "add", id, input: { ...item } }, () =>
    user.http.put(`/carts/${basket}/items/${encodeURIComponent(id)}`, { json: item, name: "PUT /carts/:id/items/:id" }),
  );
}

/** One sale is an order, and one more on the till's counter. */
async function ringUp(user: User, item: Item): Promise<void> {
  const id = user.uniqueId();
  const till = `${user.runId}/till/${user.index % TILLS}`;
  const order = { id, customer: anyCustomer(user), lines: [item], till };
  const reply = await user.record({ object: "orders", kind: "add", id, input: { customer: order.customer } }, () =>
    user.record({ object: "tills", kind: "increment", id, key: till, input: 1 }, () =>
      user.http.post("/orders", { json: order, name: "POST /orders", notApplied: [409, 422] }),
    ),
  );
  user.check("the receipt names the order", !reply.ok || reply.json<{ id: string }>().id === id);
}
