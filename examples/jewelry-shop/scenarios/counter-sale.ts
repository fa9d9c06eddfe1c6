/** An employee sells at the counter: shows a piece, puts it into the basket, and rings it up at a till. */
import { type Reply, scenario, type User } from "gameday";
import { anyCustomer, anyPiece, logInAsEmployee } from "./staff.ts";

/** Not a divisor of any weight, so that every till is used. */
const TILLS = 17;
const ITEMS_PER_BASKET = 50;
const LOOK_EVERY = 4;

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
  const basket = `${user.runId}/basket/${user.index}-${Math.floor(user.iteration / ITEMS_PER_BASKET)}`;
  const path = `/carts/${encodeURIComponent(basket)}`;
  await user.record({ object: "carts", kind: "add", id, key: basket, input: { id, ...item } }, () =>
    user.http.put(`${path}/items/${encodeURIComponent(id)}`, { json: item, name: "PUT /carts/:id/items/:id" }),
  );
  if (user.iteration % LOOK_EVERY === 0) await lookIntoBasket(user, basket, path);
}

/** Checks that the basket still contains every item that was put into it. */
async function lookIntoBasket(user: User, basket: string, path: string): Promise<void> {
  const output = (reply: Reply) => reply.json<{ items: { id: string }[] }>().items.map(({ id }) => id);
  const read = { object: "carts", kind: "read", id: user.uniqueId(), key: basket, input: null, output };
  await user.record(read, () => user.http.get(path, { name: "GET /carts/:id" }));
}

/** One sale is an order, an increment of the till's counter, and a decrease of the stock. */
async function ringUp(user: User, item: Item): Promise<void> {
  const id = user.uniqueId();
  const till = `${user.runId}/till/${user.index % TILLS}`;
  const order = { id, customer: anyCustomer(user), lines: [item], till };
  const sell = () => user.http.post("/orders", { json: order, name: "POST /orders", notApplied: [409, 422] });
  const ring = () => user.record({ object: "tills", kind: "increment", id, key: till, input: 1 }, sell);
  const stock = { object: "stock", kind: "take", id, key: `product/${item.product}`, input: item.quantity };
  const take = () => user.record(stock, ring);
  const reply = await user.record({ object: "orders", kind: "add", id, input: { customer: order.customer } }, take);
  user.check("the receipt names the order", !reply.ok || reply.json<{ id: string }>().id === id);
}
