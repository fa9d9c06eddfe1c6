/** The pool with connections that the test simulates. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Unavailable } from "../errors.ts";
import type { Connection, Row } from "./connection.ts";
import { Pool, type PoolOptions } from "./pool.ts";

const STATEMENT = { name: "one", text: "SELECT 1" };

/** A connection whose statements end when the test decides. */
class PlayedConnection implements Connection {
  readonly running: PromiseWithResolvers<Row[]>[] = [];
  closed = false;
  #onEnd: () => void = () => undefined;

  run(): Promise<Row[]> {
    const answer = Promise.withResolvers<Row[]>();
    this.running.push(answer);
    return answer.promise;
  }

  close(): void {
    this.end();
  }

  end(): void {
    if (this.closed) return;
    this.closed = true;
    for (const { reject } of this.running) reject(new Error("Connection terminated unexpectedly"));
    this.#onEnd();
  }

  onEnd(listener: () => void): void {
    this.#onEnd = listener;
  }

  answer(): void {
    this.running.shift()?.resolve([{ answered: true }]);
  }

  fail(error: Error): void {
    this.running.shift()?.reject(error);
  }
}

function played(more: Partial<PoolOptions> = {}) {
  const opened: PlayedConnection[] = [];
  const open = async () => {
    const connection = new PlayedConnection();
    opened.push(connection);
    return connection;
  };
  const bounds = { max: 2, waitMs: 40, waitersMax: 3, statementMs: 40, limboMs: 60 };
  return { opened, pool: new Pool({ open, ...bounds, ...more }) };
}

/** Lets everything that is due happen. */
async function settle(): Promise<void> {
  for (let n = 0; n < 5; n++) await turn();
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

test("there are never more connections than allowed, and a waiting request gets the next free one", async () => {
  const { opened, pool } = played();
  const runs = [pool.run(STATEMENT), pool.run(STATEMENT), pool.run(STATEMENT)];
  await settle();
  assert.equal(opened.length, 2);
  opened[0]?.answer();
  await settle();
  assert.equal(opened[0]?.running.length, 1);
  for (const connection of opened) connection.answer();
  assert.equal((await Promise.all(runs)).length, 3);
  assert.equal(opened.length, 2);
});

test("a request that waits too long, or in too long a queue, is refused as busy", async () => {
  const { pool } = played({ statementMs: 1_000 });
  const runs = Array.from({ length: 6 }, () => codeOf(pool.run(STATEMENT)));
  await settle();
  assert.equal(await runs[5], "database-busy");
  assert.deepEqual(await Promise.all(runs.slice(2, 5)), ["database-busy", "database-busy", "database-busy"]);
});

test("a kept connection that turns out dead is replaced, and the statement is retried once", async () => {
  const { opened, pool } = played();
  const first = pool.run(STATEMENT);
  await settle();
  opened[0]?.answer();
  await first;
  const second = pool.run(STATEMENT);
  await settle();
  opened[0]?.fail(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
  await settle();
  assert.equal(opened.length, 2);
  opened[1]?.answer();
  assert.deepEqual(await second, [{ answered: true }]);
});

test("a statement on a new connection that dies is not retried", async () => {
  const { opened, pool } = played();
  const run = codeOf(pool.run(STATEMENT));
  await settle();
  opened[0]?.fail(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
  assert.equal(await run, "database-lost");
  assert.equal(opened.length, 1);
});

test("one lost connection removes all idle ones", async () => {
  const { opened, pool } = played();
  const both = [pool.run(STATEMENT), pool.run(STATEMENT)];
  await settle();
  for (const connection of opened) connection.answer();
  await Promise.all(both);
  const third = pool.run(STATEMENT);
  await settle();
  const [idle, used] = opened[0]?.running.length === 0 ? [opened[0], opened[1]] : [opened[1], opened[0]];
  used?.fail(Object.assign(new Error("demoted"), { code: "25006" }));
  await settle();
  assert.equal(idle?.closed, true);
  opened[2]?.answer();
  await third;
});

test("an error of the statement is the caller's, and the connection stays", async () => {
  const { opened, pool } = played();
  const run = codeOf(pool.run(STATEMENT));
  await settle();
  opened[0]?.fail(Object.assign(new Error("check"), { code: "23514" }));
  assert.equal(await run, "23514");
  assert.equal(opened[0]?.closed, false);
});

test("a late answer fails its request but keeps its place, until the answer or the end of the patience", async () => {
  const { opened, pool } = played({ max: 1 });
  assert.equal(await codeOf(pool.run(STATEMENT)), "database-slow");
  assert.equal(opened[0]?.closed, false);
  opened[0]?.answer();
  await settle();
  const next = pool.run(STATEMENT);
  await settle();
  opened[0]?.answer();
  await next;
  assert.equal(await codeOf(pool.run(STATEMENT)), "database-slow");
  const waited = pool.run(STATEMENT);
  assert.equal(await codeOf(waited), "database-busy");
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal(opened[0]?.closed, true);
  assert.equal(opened.length, 1, "no request waits, so none was opened");
});

test("a failure to open is reported to the longest waiting request, and the next request tries again", async () => {
  let failing = true;
  const connection = new PlayedConnection();
  const open = async () => {
    if (failing) throw new Error("connect ECONNREFUSED");
    return connection;
  };
  const { pool } = played({ open });
  await assert.rejects(pool.run(STATEMENT), (error) => error instanceof Unavailable && error.code === "database-away");
  failing = false;
  const run = pool.run(STATEMENT);
  await settle();
  connection.answer();
  await run;
});
