/** What a user has opened besides its HTTP connections, such as WebSockets. All of it is closed when the user ends. */
import type { Closable } from "./world.ts";

export class Belongings {
  /** True once the end of the user has cut off a call. */
  cutOff = false;
  #open: Set<Closable> | null = null;

  get areOpen(): boolean {
    return this.#open !== null && this.#open.size > 0;
  }

  opened(closable: Closable): void {
    this.#open ??= new Set();
    this.#open.add(closable);
  }

  hasClosed(closable: Closable): void {
    this.#open?.delete(closable);
  }

  close(): void {
    for (const closable of this.#open ?? []) closable.close();
  }
}
