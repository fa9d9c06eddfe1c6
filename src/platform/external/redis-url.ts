/**
 * What a Redis URL means, interpreted as redis-cli does (parseRedisUri in cli_common.c):
 * redis[s]://[[user]:]password@host[:port][/db]. Text before "@" without a colon is the password; an empty user means no user.
 * TLS verifies the certificate chain, not the name.
 */
import type { ConnectionOptions } from "node:tls";
import { GamedayError } from "../../std/errors.ts";

const URL_PARTS =
  /^(rediss?):\/\/(?:(?:([^:@]*):)?([^@]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d{1,5}))?(?:\/(\d{0,9}))?(?:[?#].*)?$/i;

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: ConnectionOptions;
}

/** Throws GamedayError, without the text of the URL, when the URL has another form. */
export function redisOptions(url: string): RedisAddress {
  const parts = URL_PARTS.exec(url);
  if (parts === null) {
    throw new GamedayError({
      code: "redis-url",
      expected: "redis[s]://[[user]:password@]host[:port][/db]",
      got: "a URL of another form",
      hint: "special characters of a password are written as in %40",
    });
  }
  const [, scheme = "redis", user = "", password = "", host = "", port = "", db = ""] = parts;
  return {
    host: host.replace(/^\[|\]$/g, "") || "127.0.0.1",
    port: port === "" ? 6379 : Number(port),
    ...(user !== "" && { username: decodeURIComponent(user) }),
    ...(password !== "" && { password: decodeURIComponent(password) }),
    db: Number(db),
    ...(scheme.toLowerCase() === "rediss" && { tls: { checkServerIdentity: () => undefined } }),
  };
}
