/** Starts one replica: PORT=8080 DATABASE_URL=postgres://... REDIS_URL=redis://... node main.ts */
import { messageOf } from "./errors.ts";
import { runShop } from "./run.ts";

try {
  await runShop();
} catch (error) {
  console.error(`shop: ${messageOf(error)}`);
  process.exit(1);
}
