/** What all members of staff have in common: they log in with a session of their own, and stay logged in. */
import type { User } from "gameday";

export const CUSTOMERS = 2_000;
/** Lower ids are services (gift wrap, engraving): these are sold too, but never searched for. */
export const FIRST_PIECE = 9;
export const LAST_PIECE = 200;
export const CATEGORIES = ["rings", "necklaces", "bracelets", "earrings", "watches", "brooches"] as const;

const EMPLOYEES = 1_000;
const ADMINS = 50;

export const logInAsEmployee = (user: User): Promise<void> => logIn(user, `employee-${user.index % EMPLOYEES}`);
export const logInAsAdmin = (user: User): Promise<void> => logIn(user, `admin-${user.index % ADMINS}`);

async function logIn(user: User, name: string): Promise<void> {
  const id = user.uniqueId();
  const reply = await user.record({ object: "sessions", kind: "add", id, input: { name } }, () =>
    user.http.post("/login", { json: { id, name }, name: "POST /login" }),
  );
  user.check("logged in", reply.status === 201);
}

export const anyCustomer = (user: User): number => 1 + user.random.int(CUSTOMERS);
export const anyPiece = (user: User): number => FIRST_PIECE + user.random.int(LAST_PIECE - FIRST_PIECE + 1);
