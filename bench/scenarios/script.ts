/**
 * A shopper logs in, reads three items, adds up their prices, and orders with the computed total. The target checks the result.
 */
import { scenario } from "gameday";

export default scenario({
  name: "script",
  async run(user) {
    const login = await user.http.post("/login", { name: "/login", json: { user: user.id, pass: "secret" } });
    user.check("login", login.status === 200 && login.json<{ token?: string }>().token !== undefined);
    const items: number[] = [];
    let total = 0;
    for (let count = 0; count < 3; count++) {
      const wanted = 1 + user.random.int(1000);
      const reply = await user.http.get(`/items/${wanted}`, { name: "/items/:id" });
      const item = reply.json<{ id: number; price: number }>();
      user.check("item", reply.status === 200 && item.id === wanted);
      items.push(wanted);
      total += item.price;
    }
    const order = await user.http.post("/orders", { name: "/orders", json: { items, total } });
    user.check("order", order.status === 200 && order.json<{ total: number }>().total === total);
  },
});
