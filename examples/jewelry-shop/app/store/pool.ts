/**
 * A pool of PostgreSQL connections that survives a failover without a stuck connection:
 *
 * - One lost connection condemns all idle ones: after a failover they all lead to the old leader.
 * - A statement that met a dead kept connection is tried once more on a fresh one, at once. All statements of the shop
 *   may be repeated (reads, and writes with a client's id), so this is safe.
 * - A statement that is not answered in time fails its request, but its connection keeps its place in the pool until the
 *   answer comes or `limboMs` have passed. So a commit that waits for a lost standby cannot pile up server processes:
 *   a replica never has more than `max` of them.
 * - There is no pause before a new connection: the first request after a failover opens it.
 */
import { messageOf, Unavailable } from "../errors.ts";
import { type Connection, isConnectionLoss, type Row, type Statement, type Value } from "./connection.ts";

export interface Database {
  /** Runs one statement in a transaction of its own. Throws Unavailable when the database cannot be relied upon. */
  run(statement: Statement, values?: readonly Value[]): Promise<Row[]>;
  close(): void;
}

export interface PoolOptions {
  readonly open: () => Promise<Connection>;
  readonly max: number;
  /** Longest wait for a connection, a new one included, and the number of requests that may wait. */
  readonly waitMs: number;
  readonly waitersMax: number;
  readonly statementMs: number;
  readonly limboMs: number;
}

interface Waiter {
  readonly resolve: (member: Member) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  readonly connection: Connection;
  /** How many statements it has answered. */
  uses: number;
  ended: boolean;
}

export function openPool(options: PoolOptions): Database {
  const idle: Member[] = [];
  const waiters: Waiter[] = [];
  let size = 0;
  let opening = 0;
  let closed = false;

  const pump = (): void => {
    while (waiters.length > 0 && idle.length > 0) waiters.shift()?.resolve(idle.pop() as Member);
    if (opening >= waiters.length || size >= options.max || closed) return;
    size += 1;
    opening += 1;
    options.open().then(welcome, (error: unknown) => {
      size -= 1;
      opening -= 1;
      waiters.shift()?.reject(new Unavailable("database-away", messageOf(error), error));
      pump();
    });
  };

  const welcome = (connection: Connection): void => {
    const member: Member = { connection, uses: 0, ended: false };
    opening -= 1;
    connection.onEnd(() => {
      member.ended = true;
      size -= 1;
      const at = idle.indexOf(member);
      if (at >= 0) idle.splice(at, 1);
      pump();
    });
    giveBack(member);
  };

  const giveBack = (member: Member): void => {
    if (closed) member.connection.close();
    else if (!member.ended) idle.push(member);
    pump();
  };

  const condemnIdle = (): void => {
    for (const member of idle.splice(0)) member.connection.close();
  };

  const take = (): Promise<Member> => {
    if (closed) throw new Unavailable("closing", "the shop is closing");
    if (waiters.length >= options.waitersMax) throw new Unavailable("database-busy", "too many requests are waiting");
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve: (member) => {
          clearTimeout(timer);
          resolve(member);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        waiters.splice(waiters.indexOf(waiter), 1);
        reject(new Unavailable("database-busy", `no connection within ${options.waitMs} ms`));
      }, options.waitMs);
      waiters.push(waiter);
      pump();
    });
  };

  const attempt = async (member: Member, statement: Statement, values: readonly Value[]): Promise<Row[]> => {
    const answer = member.connection.run(statement, values);
    const settled = answer.then(
      () => giveBack(member),
      (error: unknown) => {
        if (!isConnectionLoss(error)) return giveBack(member);
        member.connection.close();
        condemnIdle();
      },
    );
    const rows = await inTime(answer, options.statementMs, () => closeLater(member, settled, options.limboMs));
    member.uses += 1;
    return rows;
  };

  return {
    run: async (statement, values = []) => {
      const member = await take();
      const kept = member.uses > 0;
      try {
        return await attempt(member, statement, values);
      } catch (error) {
        if (!isConnectionLoss(error)) throw error;
        if (!kept) throw new Unavailable("database-lost", messageOf(error), error);
      }
      return attempt(await take(), statement, values).catch(lost);
    },
    close: () => {
      closed = true;
      condemnIdle();
    },
  };
}

function lost(error: unknown): never {
  throw isConnectionLoss(error) ? new Unavailable("database-lost", messageOf(error), error) : error;
}

/** The answer, or Unavailable after `ms`; `late` is called when time runs out. */
async function inTime<T>(answer: Promise<T>, ms: number, late: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      late();
      reject(new Unavailable("database-slow", `no answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function closeLater(member: Member, settled: Promise<void>, limboMs: number): void {
  const timer = setTimeout(() => member.connection.close(), limboMs);
  timer.unref();
  void settled.finally(() => clearTimeout(timer));
}
