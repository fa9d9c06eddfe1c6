/** One GET whose status is checked; with THINK, a pause follows. */
import { scenario } from "gameday";

const thinkMs = Number(process.env["THINK"] ?? 0);

export default scenario({
  name: "flat",
  ...(thinkMs > 0 ? { think: `${thinkMs}ms` } : {}),
  async run(user) {
    const reply = await user.http.get("/json", { name: "/json" });
    user.check("status 200", reply.status === 200);
  },
});
