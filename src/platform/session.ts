/** A session with one PostgreSQL server whose end is sure, also when the server is dead, frozen or cut off. */
import { Socket } from "node:net";
import pg from "pg";

/** So long a server may take to see us off. */
const GOODBYE_MS = 1_000;

/**
 * Connects, runs the work and ends the session, whatever happens. Aborted, it ends at once: a goodbye to a server that does
 * not answer is waited for in vain, and an end that was missed is never told again.
 */
export async function withSession<T>(
  options: pg.ClientConfig,
  signal: AbortSignal,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const socket = new Socket();
  const client = new pg.Client({ ...options, stream: () => socket });
  client.on("error", () => undefined); // a server that dies under us: the statement in flight tells
  const abort = () => socket.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await client.connect();
    return await work(client);
  } finally {
    signal.removeEventListener("abort", abort);
    await goodbye(client, socket);
  }
}

async function goodbye(client: pg.Client, socket: Socket): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), GOODBYE_MS);
  const closed = new Promise<void>((resolve) => {
    if (socket.closed) resolve();
    else socket.once("close", () => resolve());
  });
  if (socket.connecting || socket.pending) socket.destroy();
  else client.end().catch(() => socket.destroy());
  await closed;
  clearTimeout(timer);
}
