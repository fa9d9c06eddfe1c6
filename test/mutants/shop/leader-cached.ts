/** Looks up the leading server once, and from then on connects to it directly, past the proxy that would know better. */
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";
import { furnish } from "../../../examples/jewelry-shop/app/shop.ts";
import { connect } from "../../../examples/jewelry-shop/app/store/connection.ts";
import { Pool } from "../../../examples/jewelry-shop/app/store/pool.ts";

const WHO = { name: "who", text: "SELECT host(inet_server_addr()) AS host, inet_server_port() AS port" };

/** Returns the URL of the same database at the address of the server that answers now. */
async function directUrl(url: string): Promise<string> {
  const asked = await connect({ url, connectMs: 5_000, statementMs: 5_000 });
  const [row] = await asked.run(WHO, []);
  asked.close();
  const direct = new URL(url);
  direct.hostname = String(row?.["host"]);
  direct.port = String(row?.["port"]);
  return direct.href;
}

function straight(url: string): Pool {
  let known: Promise<string> | null = null;
  const open = async () => {
    known ??= directUrl(url).catch((error) => {
      known = null; // Only an address is cached, never a failure to get one.
      throw error;
    });
    return connect({ url: await known, connectMs: 800, statementMs: 900 });
  };
  return new Pool({ open, max: 8, waitMs: 800, waitersMax: 200, statementMs: 1_000, limboMs: 3_000 });
}

await runShop((_shop, stores, environment) =>
  furnish({ ...stores, database: straight(environment.databaseUrl) }, environment),
);
