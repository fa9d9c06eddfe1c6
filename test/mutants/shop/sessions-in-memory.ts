/** Keeps sessions in the memory of the replica that opened them. */
import { HttpError } from "../../../examples/jewelry-shop/app/errors.ts";
import { runShop } from "../../../examples/jewelry-shop/app/run.ts";
import type { Session, Sessions } from "../../../examples/jewelry-shop/app/sessions.ts";

function inMemory(): Sessions {
  const known = new Map<string, Session>();
  return {
    open: async (id, name) => {
      const session: Session = { id, name, role: name.startsWith("admin") ? "admin" : "employee" };
      known.set(id, session);
      return { session, cookie: id };
    },
    of: async (request) => {
      const found = known.get(request.cookies["session"] ?? "");
      if (found === undefined) throw new HttpError(401, "no-session", "the session is over");
      return found;
    },
    close: async (session) => void known.delete(session.id),
  };
}

await runShop((shop) => ({ ...shop, sessions: inMemory() }));
