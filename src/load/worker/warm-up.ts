/**
 * Warms up the engine before a load begins, with a few users on a local server of its own. Code that has never run is read,
 * compiled and laid out in memory at its first use, which would add tens of milliseconds to the first arrivals that are not the
 * platform's. None of these calls are counted, and none reach the platform.
 */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { ScenarioDefinition } from "../../scenario.ts";
import { MetricRegistry } from "../count/metrics.ts";
import { Scope } from "../count/scope.ts";
import { NO_PROXIES } from "../http/proxy.ts";
import { sessionSettings } from "../http/session.ts";
import { Runner, type RunnerWorld } from "../user/runner.ts";
import type { UserWorld } from "../user/world.ts";
import { LoadUser } from "../user.ts";

const USERS = 4;
const ITERATIONS = 60;
/** The most time for the warm-up: on a slow machine the load begins without the rest of it. */
const LASTS_MS_MAX = 200;
const TIMEOUT_MS = 500;
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

/** Runs the warm-up. Never rejects, because a load without it is equally valid and only slower at first. */
export async function warmUp(world: UserWorld): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("data", () => socket.write(ANSWER));
    socket.on("error", () => socket.destroy());
  });
  try {
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const { network, headers } = world.session;
    const plain = { ...network, tls: {}, proxies: NO_PROXIES };
    const session = sessionSettings(`http://127.0.0.1:${port}`, plain, headers.headers, { timeoutMs: TIMEOUT_MS });
    const quiet = { ...world, session, http2: false, onNote: () => undefined };
    await Promise.all(Array.from({ length: USERS }, (_, index) => work(quiet, index)));
  } catch {
    // There is no port or descriptor left. The load itself will report that for its own calls.
  } finally {
    server.close();
  }
}

const definition: ScenarioDefinition = {
  name: "warm-up",
  async run(user) {
    const reply = await user.http.get("/", { name: "/" });
    user.check("ok", reply.ok && reply.json() !== null);
  },
};

const nobody: RunnerWorld = {
  data: () => null,
  onScriptError: () => undefined,
  onNote: () => undefined,
  onGivenUp: () => undefined,
};

/** Runs a user whose calls are counted in a registry that is never read. */
async function work(world: UserWorld, index: number): Promise<void> {
  const scope = new Scope(new MetricRegistry(() => undefined), {}, true);
  const runner = new Runner(new LoadUser(index, definition, scope, world), definition, nobody);
  const untilMs = performance.now() + LASTS_MS_MAX;
  for (let count = 0; count < ITERATIONS && performance.now() < untilMs; count++) {
    await runner.iterate(performance.now());
  }
  await runner.finish();
}
