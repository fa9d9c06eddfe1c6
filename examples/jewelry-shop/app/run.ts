/** Runs the shop as one replica: it listens, limits how much it logs, and shuts down gracefully on SIGTERM. */
import { type Environment, readEnvironment } from "./environment.ts";
import { messageOf } from "./errors.ts";
import { serve } from "./server.ts";
import { furnish, openStores, routesOf, type Shop, type Stores } from "./shop.ts";

/** The time that the proxy has to notice "not ready" before the replica stops accepting new connections. */
const LINGER_MS = 1_500;
const GRACE_MS = 5_000;
const LOG_LINES_PER_SECOND = 20;

/** Runs the shop until SIGTERM. `change` may replace any of the shop's parts. */
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

/** Limits a log to `linesPerSecond`. The next line reports how many were left out. */
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
