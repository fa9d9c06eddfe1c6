/**
 * Creates the tables and fills them; run it once before the replicas start. It may be repeated and may run in several places at
 * once.
 */
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { databaseUrl } from "./environment.ts";
import { messageOf } from "./errors.ts";
import { ROWS, TABLES } from "./schema.ts";

const DEADLINE_MS = 60_000;
/** An arbitrary fixed number: the process that holds this lock prepares, and the others wait. */
const LOCK = 7_203_911;

/** Prepares everything in one transaction, so that a half-prepared shop is never visible. */
export async function prepare(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, statement_timeout: 30_000 });
  client.on("error", () => undefined); // The running statement reports the error.
  await client.connect();
  try {
    await client.query(
      `BEGIN; SELECT pg_advisory_xact_lock(${LOCK}); ${TABLES} ${ROWS} COMMIT; ANALYZE products, stock, staff, customers;`,
    );
  } finally {
    await client.end();
  }
}

/** Like `prepare`, but waits until a leader is available. Throws the last error when the deadline has passed. */
export async function prepareWithin(url: string, deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await prepare(url);
    } catch (error) {
      if (performance.now() > end) throw error;
      console.error(`prepare: not yet: ${messageOf(error)}`);
      await delay(250);
    }
  }
}

if (import.meta.main) {
  await prepareWithin(databaseUrl(process.env), DEADLINE_MS);
  console.log("prepare: the shop is set up");
}
