/** Three classes of what users experience, each with one small request: order (PostgreSQL), basket (Redis), catalogue (read). */
import { probes } from "gameday";

/** Services are never out of stock, and with several of them the beats do not wait for each other's row lock. */
const SERVICES = 8;
const BEATS_PER_BASKET = 500;

const product = (sequence: number) => 1 + (sequence % SERVICES);

export default probes([
  {
    class: "order-write",
    object: "orders",
    kind: "add",
    timeout: "2s",
    input: ({ id }) => ({ id }),
    beat: ({ http, id, sequence }) =>
      http.post("/orders", { json: { id, customer: 1, lines: [{ product: product(sequence), quantity: 1 }] } }),
  },
  {
    class: "session-write",
    object: "carts",
    kind: "add",
    timeout: "2s",
    input: ({ sequence }) => ({ product: product(sequence), quantity: 1 }),
    beat: ({ http, runId, id, sequence }) => {
      const basket = `${runId}/probe/basket-${Math.floor(sequence / BEATS_PER_BASKET)}`;
      const path = `/carts/${encodeURIComponent(basket)}/items/${encodeURIComponent(id)}`;
      return http.put(path, { json: { product: product(sequence), quantity: 1 } });
    },
  },
  {
    class: "read",
    object: "catalogue",
    kind: "read",
    timeout: "2s",
    beat: ({ http, sequence }) => http.get(`/products/${product(sequence)}`),
  },
]);
