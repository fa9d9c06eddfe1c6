/** A session with one PostgreSQL server that is sure to end, even when the server is dead, frozen or cut off. */
import { Socket } from "node:net";
import pg from "pg";
import type { SqlAnswer } from "../platform.ts";
import type { Json } from "../std/json.ts";

/** How long a server may take to close the session. */
const GOODBYE_MS = 1_000;

/**
 * Connects, runs the work and ends the session, whatever happens. When aborted, it ends the session at once: a server that does
 * not answer would never confirm the end, and an end event that was missed is not emitted again.
 */
export async function withSession<T>(
  options: pg.ClientConfig,
  signal: AbortSignal,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const socket = new Socket();
  const client = new pg.Client({ ...options, stream: () => socket });
  client.on("error", () => undefined); // when the server dies under us, the statement in flight reports it
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

/** Returns the rows of one statement as JSON, with the names of their columns. */
export async function askRows(
  client: pg.Client,
  statement: string,
  parameters: readonly Json[],
): Promise<Pick<SqlAnswer, "columns" | "rows">> {
  const { fields, rows } = await client.query<unknown[]>({
    text: statement,
    values: [...parameters],
    rowMode: "array",
  });
  return { columns: fields.map(({ name }) => name), rows: rows.map((row) => row.map(toJson)) };
}

function toJson(value: unknown): Json {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString("hex");
  return (value ?? null) as Json;
}
