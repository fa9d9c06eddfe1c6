/** All users ring up at the same till, several times a second: a shop that counts without a lock loses sales. */
import { scenario } from "gameday";

/** Services are never out of stock. */
const SERVICES = 8;

export default scenario({
  name: "one-till",
  think: { uniform: ["0.1s", "0.3s"] },
  async run(user) {
    const [id, till] = [user.uniqueId(), `${user.runId}/till/1`];
    const order = { id, customer: 1, lines: [{ product: 1 + (user.index % SERVICES), quantity: 1 }], till };
    await user.record({ object: "tills", kind: "increment", id, key: till, input: 1 }, () =>
      user.http.post("/orders", { json: order, name: "POST /orders" }),
    );
  },
});
