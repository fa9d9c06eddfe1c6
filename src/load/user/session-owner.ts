/** What a user's session asks of its user, and what it reports to it. */

import type { TransportError } from "../../scenario.ts";
import type { Scope } from "../count/scope.ts";
import { leftInWords } from "../http/redirect.ts";
import type { SessionOwner } from "../http/session.ts";
import type { Belongings } from "./belongings.ts";
import type { Groups } from "./groups.ts";
import type { Turn } from "./turn.ts";
import type { UserWorld } from "./world.ts";

export interface OwnerParts {
  /** The number of the user in the whole run. */
  readonly index: number;
  readonly turn: Turn;
  readonly groups: Groups;
  readonly belongings: Belongings;
  readonly world: UserWorld;
  /** Logs the user in again; null when its scenario has no login. */
  readonly login: (() => Promise<void>) | null;
}

export class UserOfSession implements SessionOwner {
  readonly index: number;
  readonly login: (() => Promise<void>) | null;
  readonly #turn: Turn;
  readonly #groups: Groups;
  readonly #belongings: Belongings;
  readonly #world: UserWorld;

  constructor({ index, turn, groups, belongings, world, login }: OwnerParts) {
    this.index = index;
    this.login = login;
    this.#turn = turn;
    this.#groups = groups;
    this.#belongings = belongings;
    this.#world = world;
  }

  get scope(): Scope {
    return this.#groups.scope;
  }

  takeDueMs(nowMs: number): number {
    return this.#turn.takeDueMs(nowMs);
  }

  onInterrupted(): void {
    this.#belongings.cutOff = true;
  }

  onLocalTrouble(message: string): void {
    this.#world.onNote("local", `this machine could not open a connection: ${message}`);
  }

  /** Notes the first failure of each kind. */
  onNoAnswer({ code, message }: TransportError): void {
    if (code !== "aborted") this.#world.onNote(`no-answer:${code}`, `the first "${code}": ${message}`);
  }

  /** Notes the first redirect that was not followed, because such answers look like quick successes. */
  onRedirectLeft(location: string | null): void {
    this.#world.onNote("redirect", leftInWords(location));
  }

  onCookieRefused(name: string, why: string): void {
    const shown = JSON.stringify(name.slice(0, 60));
    this.#world.onNote(
      `cookie:${shown}`,
      `the cookie ${shown} was not kept, as browsers keep none of its kind: ${why}`,
    );
  }
}
