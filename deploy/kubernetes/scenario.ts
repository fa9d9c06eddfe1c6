/** What one user of the example does; replace it by your own. */
import { scenario } from "gameday";

export default scenario({
  name: "visit",
  think: "1s",
  async run(user) {
    await user.http.get("/");
    await user.think();
  },
});
