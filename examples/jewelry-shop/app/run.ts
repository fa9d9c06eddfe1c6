/** Runs a shop as one replica: listens, logs its troubles sparingly, and leaves gently on SIGTERM. */
import { type Environment, readEnvironment } from "./environment.ts";
import { messageOf } from "./errors.ts";
import { serve } from "./server.ts";
import { furnish, openStores, routesOf, type Shop, type Stores } from "./shop.ts";

/** So long the proxy has to notice "not ready" before no new connection is taken. */
const LINGER_MS = 1_500;
const GRACE_MS = 5_000;
const LOG_LINES_PER_SECOND = 20;

/** `change` may put another part in the place of one of the shop's. */
export async function runShop(
  change: (shop: Shop, stores: Stores, environment: Environment) => Shop = (shop) => shop,
): Promise<void> {
  const environment = readEnvironment(process.env);
  const stores = openStores(environment);
  const shop = change(furnish(stores, environment), stores, environment);
  const log = sparingly(LOG_LINES_PER_SECOND, (line) => console.error(line));
  const server = await serve({
    routes: routesOf(shop),
    port: environment.port,
    onError: (error, request) => log(`${request}: ${describe(error)}`),
  });
  console.log(`shop: listening on port ${server.port}`);
  const leave = async (signal: string) => {
    console.log(`shop: ${signal}, draining`);
    shop.readiness.drain();
    await server.drain(LINGER_MS, GRACE_MS);
    stores.close();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void leave(signal));
}

function describe(error: unknown): string {
  const bug = !(error instanceof Error) || !("status" in error);
  return bug && error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}

/** At most so many lines a second; what was left out is counted in the next line. */
export function sparingly(linesPerSecond: number, write: (line: string) => void): (line: string) => void {
  let second = 0;
  let lines = 0;
  let left = 0;
  return (line) => {
    const now = Math.floor(performance.now() / 1_000);
    if (now !== second) {
      if (left > 0) write(`(${left} more lines left out)`);
      second = now;
      lines = 0;
      left = 0;
    }
    lines += 1;
    if (lines <= linesPerSecond) write(line);
    else left += 1;
  };
}
