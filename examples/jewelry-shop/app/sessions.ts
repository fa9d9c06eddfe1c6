/** Staff sessions in Redis. The cookie is the session's id with a signature, so that nobody can guess another session. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { HttpError, refused } from "./errors.ts";
import type { Request } from "./http.ts";
import type { AcknowledgedWrites } from "./store/acknowledged.ts";
import type { Statement } from "./store/connection.ts";
import type { Database } from "./store/pool.ts";
import { plain, type RedisConnection } from "./store/redis.ts";

/** Longer than any run. Every write of the session restarts this lifetime. */
export const SESSION_SECONDS = 7_200;
export const SESSION_KEY = "session:";

export interface Session {
  /** The client's id of the login. */
  readonly id: string;
  readonly name: string;
  readonly role: "employee" | "admin";
}

export interface Sessions {
  /** Opens a session for a member of staff and returns the cookie's value. The same id again returns the same session. */
  open(id: string, name: string): Promise<{ readonly session: Session; readonly cookie: string }>;
  /** Returns the session of the request's cookie. Throws HttpError 401 when there is no session, or no longer one. */
  of(request: Request): Promise<Session>;
  close(session: Session): Promise<void>;
}

export interface SessionParts {
  readonly database: Database;
  readonly reads: RedisConnection;
  readonly writes: AcknowledgedWrites;
  readonly secret: string;
}

const STAFF: Statement = { name: "find-staff", text: "SELECT role FROM staff WHERE name = $1" };

export function sessions(parts: SessionParts): Sessions {
  const sign = (id: string) => createHmac("sha256", parts.secret).update(id).digest("base64url");
  return {
    open: async (id, name) => {
      const [found] = await parts.database.run(STAFF, [name]);
      if (found === undefined) throw refused("no-such-staff", `no member of staff is called "${name}"`, 403);
      const session: Session = { id, name, role: found["role"] as Session["role"] };
      const value = JSON.stringify({ name, role: session.role });
      await parts.writes.write([["set", SESSION_KEY + id, value, "ex", SESSION_SECONDS]]);
      return { session, cookie: `${id}.${sign(id)}` };
    },
    of: async (request) => {
      const id = verified(request.cookies["session"] ?? "", sign);
      const found = plain((await parts.reads.send([["get", SESSION_KEY + id]]))[0]);
      if (typeof found !== "string") throw new HttpError(401, "no-session", "the session is over");
      return { id, ...(JSON.parse(found) as { name: string; role: Session["role"] }) };
    },
    close: (session) => parts.writes.write([["del", SESSION_KEY + session.id]]),
  };
}

function verified(cookie: string, sign: (id: string) => string): string {
  const dot = cookie.lastIndexOf(".");
  const id = cookie.slice(0, Math.max(dot, 0));
  const given = Buffer.from(cookie.slice(dot + 1));
  const expected = Buffer.from(sign(id));
  if (given.length === expected.length && timingSafeEqual(given, expected)) return id;
  throw new HttpError(401, "no-session", "a login is required");
}

/** Restricts a page to admins. Throws HttpError 403 for anybody else. */
export function adminOnly(session: Session): Session {
  if (session.role === "admin") return session;
  throw new HttpError(403, "not-allowed", "only admins may do this");
}
