/** One GET after the other, each with its status checked. */
import { scenario } from "gameday";

export default scenario({
  name: "plain",
  async run(user) {
    const reply = await user.http.get("/json");
    if (reply.status !== 200) user.check("status 200", false);
  },
});
