/**
 * A Redis connection that fails fast and never repeats a command by itself: a write that was sent again on another connection
 * could be acknowledged by a WAIT that never saw it.
 */
import { Redis } from "ioredis";
import { messageOf, Unavailable } from "../errors.ts";

export type Command = readonly [name: string, ...values: (string | number)[]];

export interface RedisConnection {
  /** Sends all commands together on one connection. Returns an answer, or an Error, for each. Throws when there is no answer. */
  send(commands: readonly Command[]): Promise<unknown[]>;
  /** Drops this connection and opens a new one: the proxy may know a better server by now. */
  renew(): void;
  close(): void;
}

export interface RedisOptions {
  readonly url: string;
  readonly connectMs: number;
  readonly answerMs: number;
  readonly reconnectEveryMs: number;
}

export function connectRedis(options: RedisOptions): RedisConnection {
  const redis = new Redis(options.url, {
    connectTimeout: options.connectMs,
    retryStrategy: (attempt) => (attempt === 1 ? 1 : options.reconnectEveryMs),
    reconnectOnError: ({ message }) => /^(READONLY|NOREPLICAS|MASTERDOWN)/.test(message),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    disconnectTimeout: 100, // A peer that vanished never closes its side.
    keepAlive: 1_000,
    connectionName: "jewelry-shop",
  });
  redis.on("error", () => undefined); // Each request reports its own failure; reconnecting continues by itself.
  return {
    send: (commands) => send(redis, commands, options.answerMs),
    renew: () => redis.disconnect(true),
    close: () => redis.disconnect(),
  };
}

async function send(redis: Redis, commands: readonly Command[], answerMs: number): Promise<unknown[]> {
  if (redis.status !== "ready") throw new Unavailable("redis-away", `the connection to Redis is ${redis.status}`);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      redis.disconnect(true); // Whatever blocks this connection must not block the next request.
      reject(new Unavailable("redis-slow", `no answer within ${answerMs} ms`));
    }, answerMs);
  });
  try {
    const answers = await Promise.race([redis.pipeline(commands.map((command) => [...command])).exec(), timeout]);
    return (answers ?? []).map(([error, answer]) => error ?? answer);
  } catch (error) {
    throw error instanceof Unavailable ? error : new Unavailable("redis-lost", messageOf(error), error);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the answer. Throws Unavailable when it is an error. */
export function plain(answer: unknown): unknown {
  if (answer instanceof Error) throw new Unavailable("redis-refused", answer.message, answer);
  return answer;
}
