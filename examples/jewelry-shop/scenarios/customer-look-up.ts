/** An employee looks up a customer by the beginning of the name, and opens the customer's card. */
import { scenario } from "gameday";
import { anyCustomer, logInAsEmployee } from "./staff.ts";

const FIRST_NAMES = ["Ada", "Berta", "Clara", "Dora", "Emil", "Fritz", "Greta", "Hans", "Ida", "Jonas"] as const;

export default scenario({
  name: "customer-look-up",
  weight: 15,
  tags: { role: "employee" },
  think: { uniform: ["0.8s", "2.6s"] },
  onStart: logInAsEmployee,
  login: logInAsEmployee,
  async run(user) {
    const prefix = user.random.pick(FIRST_NAMES);
    const found = await user.http.get(`/customers?prefix=${prefix}`, { name: "GET /customers" });
    const customers = found.ok ? found.json<{ customers: { id: number; name: string }[] }>().customers : [];
    user.check("the names begin as asked", !found.ok || customers.every(({ name }) => name.startsWith(prefix)));
    await user.think();
    const id = customers.length > 0 ? user.random.pick(customers).id : anyCustomer(user);
    const card = await user.http.get(`/customers/${id}`, { name: "GET /customers/:id" });
    user.check("the card is the one asked for", !card.ok || card.json<{ id: number }>().id === id);
  },
});
