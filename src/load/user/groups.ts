/** The groups that a script opens, and with them the scope in which each call is counted. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Scope } from "../count/scope.ts";

/** Groups may run concurrently, so asynchronous local storage holds the group of each call. */
const groupScope = new AsyncLocalStorage<Scope>();

export class Groups {
  readonly #outermost: Scope;
  /** The number of open groups. While it is 0, the current group need not be looked up. */
  #open = 0;

  constructor(outermost: Scope) {
    this.#outermost = outermost;
  }

  /** The scope of the code that runs now. */
  get scope(): Scope {
    return this.#open === 0 ? this.#outermost : (groupScope.getStore() ?? this.#outermost);
  }

  /** Runs `body` with `inner` as its scope. */
  async within<T>(inner: Scope, body: () => Promise<T>): Promise<T> {
    this.#open++;
    try {
      return await groupScope.run(inner, async () => await body());
    } finally {
      this.#open--;
    }
  }
}
