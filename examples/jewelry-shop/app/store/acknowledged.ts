/**
 * Redis writes that are acknowledged only when a replica has them (WAIT). WAIT blocks its connection, so writes are committed in
 * groups: while one group waits, the next one gathers, and a single WAIT at the end of a group serves all of it.
 */
import { Unavailable } from "../errors.ts";
import { type Command, plain, type RedisConnection } from "./redis.ts";

export interface AcknowledgedWrites {
  /** Resolves when all commands were applied and a replica has them; otherwise throws Unavailable. */
  write(commands: readonly Command[]): Promise<void>;
}

export interface AcknowledgedOptions {
  /** A connection that nothing else uses. */
  readonly connection: RedisConnection;
  readonly replicas: number;
  readonly waitMs: number;
  readonly groupMax: number;
  readonly waitersMax: number;
}

interface Pending {
  readonly commands: readonly Command[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function acknowledgedWrites(options: AcknowledgedOptions): AcknowledgedWrites {
  const pending: Pending[] = [];
  let busy = false;

  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (pending.length > 0) await commit(pending.splice(0, options.groupMax), options);
    busy = false;
  };

  return {
    write: (commands) => {
      if (pending.length >= options.waitersMax) throw new Unavailable("redis-busy", "too many writes are waiting");
      return new Promise((resolve, reject) => {
        pending.push({ commands, resolve, reject });
        void pump();
      });
    },
  };
}

/** Commits a group. Never throws: each member of the group gets its own result. */
async function commit(group: readonly Pending[], options: AcknowledgedOptions): Promise<void> {
  try {
    const wait: Command = ["wait", options.replicas, options.waitMs];
    const answers = await options.connection.send([...group.flatMap(({ commands }) => commands), wait]);
    const held = Number(plain(answers.at(-1)));
    // A master without replicas may have been deposed.
    if (held < options.replicas) options.connection.renew();
    let at = 0;
    for (const member of group) {
      settle(member, answers.slice(at, at + member.commands.length), held, options.replicas);
      at += member.commands.length;
    }
  } catch (error) {
    for (const member of group) member.reject(error);
  }
}

function settle(member: Pending, answers: readonly unknown[], held: number, wanted: number): void {
  try {
    answers.forEach(plain);
    if (!(held >= wanted)) throw new Unavailable("not-replicated", `${held} of ${wanted} replicas have the write`);
    member.resolve();
  } catch (error) {
    member.reject(error);
  }
}
