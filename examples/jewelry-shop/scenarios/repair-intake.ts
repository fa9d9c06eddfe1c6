/** An employee takes in a piece for repair, and shows the customer the record. */
import { scenario } from "gameday";
import { anyCustomer, logInAsEmployee } from "./staff.ts";

const ITEMS = ["a clasp", "a watch strap", "a loose stone", "a broken chain", "a ring to be widened"] as const;

export default scenario({
  name: "repair-intake",
  weight: 10,
  tags: { role: "employee" },
  think: { uniform: ["0.8s", "2.6s"] },
  onStart: logInAsEmployee,
  login: logInAsEmployee,
  async run(user) {
    const id = user.uniqueId();
    const repair = { id, customer: anyCustomer(user), item: user.random.pick(ITEMS) };
    const input = { customer: repair.customer };
    const taken = await user.record({ object: "repairs", kind: "add", id, input }, () =>
      user.http.post("/repairs", { json: repair, name: "POST /repairs", notApplied: [422] }),
    );
    await user.think();
    if (!taken.ok) return;
    const read = await user.http.get(`/repairs/${encodeURIComponent(id)}`, { name: "GET /repairs/:id" });
    user.check("the repair reads back as written", !read.ok || read.json<{ item: string }>().item === repair.item);
  },
});
