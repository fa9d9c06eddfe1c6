/**
 * A pool of PostgreSQL connections that survives a failover without a stuck connection:
 *
 * - One lost connection condemns all idle ones: after a failover they all lead to the old leader.
 * - A statement that meets a dead kept connection is retried once on a fresh one, without delay. All statements of the shop are
 *   safe to repeat (reads, and writes with a client's id).
 * - A statement that is not answered in time fails its request, but its connection keeps its place in the pool until the answer
 *   arrives or `limboMs` have passed. So a commit that waits for a lost standby cannot accumulate server processes: a replica
 *   never has more than `max` of them.
 * - There is no backoff before a new connection: the first request after a failover opens it.
 */
import { messageOf, Unavailable } from "../errors.ts";
import { type Connection, isConnectionLoss, isPassing, type Row, type Statement, type Value } from "./connection.ts";

export interface Database {
  /** Runs one statement in a transaction of its own. Throws Unavailable when the database cannot be relied upon. */
  run(statement: Statement, values?: readonly Value[]): Promise<Row[]>;
  close(): void;
}

export interface PoolOptions {
  readonly open: () => Promise<Connection>;
  readonly max: number;
  /** The longest wait for a connection, including a new one, and the number of requests that may wait. */
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
  /** True once it has answered: only then can it have gone stale since. */
  used: boolean;
  ended: boolean;
}

export class Pool implements Database {
  readonly #options: PoolOptions;
  readonly #idle: Member[] = [];
  readonly #waiters: Waiter[] = [];
  /** All connections: in use, idle, in limbo or being opened. */
  #size = 0;
  #opening = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async run(statement: Statement, values: readonly Value[] = []): Promise<Row[]> {
    const member = await this.#take();
    const kept = member.used;
    try {
      return await this.#attempt(member, statement, values);
    } catch (error) {
      if (!kept || !isConnectionLoss(error)) throw asLoss(error);
    }
    try {
      return await this.#attempt(await this.#take(), statement, values);
    } catch (error) {
      throw asLoss(error);
    }
  }

  /** Closes idle connections now, and each connection in use when it is returned. */
  close(): void {
    this.#closed = true;
    this.#condemnIdle();
  }

  #take(): Promise<Member> {
    const { waitMs, waitersMax } = this.#options;
    if (this.#closed) throw new Unavailable("closing", "the shop is closing");
    if (this.#waiters.length >= waitersMax) throw new Unavailable("database-busy", "too many requests are waiting");
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(new Unavailable("database-busy", `no connection within ${waitMs} ms`));
      }, waitMs);
      const once =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          settle(value);
        };
      const waiter: Waiter = { resolve: once(resolve), reject: once(reject) };
      this.#waiters.push(waiter);
      this.#pump();
    });
  }

  /** Gives idle connections to waiting requests, and opens one more where those are not enough. */
  #pump(): void {
    while (this.#waiters.length > 0 && this.#idle.length > 0)
      this.#waiters.shift()?.resolve(this.#idle.pop() as Member);
    if (this.#opening >= this.#waiters.length || this.#size >= this.#options.max || this.#closed) return;
    this.#size += 1;
    this.#opening += 1;
    this.#options.open().then(
      (connection) => this.#welcome(connection),
      (error: unknown) => this.#notOpened(error),
    );
  }

  #notOpened(error: unknown): void {
    this.#size -= 1;
    this.#opening -= 1;
    this.#waiters.shift()?.reject(new Unavailable("database-away", messageOf(error), error));
    this.#pump();
  }

  #welcome(connection: Connection): void {
    this.#opening -= 1;
    const member: Member = { connection, used: false, ended: false };
    connection.onEnd(() => {
      member.ended = true;
      this.#size -= 1;
      const at = this.#idle.indexOf(member);
      if (at >= 0) this.#idle.splice(at, 1);
      this.#pump();
    });
    this.#giveBack(member);
  }

  #giveBack(member: Member): void {
    if (this.#closed) member.connection.close();
    else if (!member.ended) this.#idle.push(member);
    this.#pump();
  }

  #condemnIdle(): void {
    for (const member of this.#idle.splice(0)) member.connection.close();
  }

  async #attempt(member: Member, statement: Statement, values: readonly Value[]): Promise<Row[]> {
    const answer = member.connection.run(statement, values);
    const settled = answer.then(
      () => this.#settled(member, false),
      (error: unknown) => this.#settled(member, isConnectionLoss(error)),
    );
    const { statementMs, limboMs } = this.#options;
    return inTime(answer, statementMs, () => closeLater(member, settled, limboMs));
  }

  #settled(member: Member, lost: boolean): void {
    member.used = true;
    if (lost) {
      member.connection.close();
      this.#condemnIdle();
    } else {
      this.#giveBack(member);
    }
  }
}

/** Turns errors that the server's state caused into Unavailable. The statement's own errors stay as they are. */
function asLoss(error: unknown): unknown {
  if (isConnectionLoss(error)) return new Unavailable("database-lost", messageOf(error), error);
  return isPassing(error) ? new Unavailable("database-troubled", messageOf(error), error) : error;
}

/** Returns the answer, or throws Unavailable after `ms`. `late` is called when the time has run out. */
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
