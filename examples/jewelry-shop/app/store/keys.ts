import { Unavailable } from "../errors.ts";
import { plain, type RedisConnection } from "./redis.ts";

/** More keys than a run can create. Beyond this number the answer would be a guess. */
const KEYS_MAX = 500_000;

/** Returns all keys with this prefix, each once, sorted. SCAN may return a key twice, and returns all that exist throughout. */
export async function keysOf(redis: RedisConnection, prefix: string): Promise<string[]> {
  const found = new Set<string>();
  const pattern = `${prefix.replaceAll(/[[\]*?\\^]/g, "\\$&")}*`;
  let cursor = "0";
  do {
    const [answer] = await redis.send([["scan", cursor, "match", pattern, "count", 1_000]]);
    const [next, keys] = plain(answer) as [string, string[]];
    for (const key of keys) found.add(key);
    cursor = String(next);
    if (found.size > KEYS_MAX)
      throw new Unavailable("too-many-keys", `more than ${KEYS_MAX} keys begin with ${prefix}`);
  } while (cursor !== "0");
  return [...found].sort();
}
