/** Logins of one user: one at a time, whichever of its calls a 401 told to log in. */
export class Logins {
  #running: Promise<void> | null = null;
  #beganMs = 0;
  #endedMs = 0;

  /**
   * Whether a 401 to a call made at `madeMs` (performance.now()) asks for a login. To one made since a login began it is an
   * answer like any other: it is the login's own.
   */
  concerns(madeMs: number): boolean {
    return this.#running === null || madeMs < this.#beganMs;
  }

  /** Resolves when the user is logged in anew: by `login`, unless another call has seen to that since `sentMs`. */
  renewed(sentMs: number, login: () => unknown): Promise<void> {
    if (this.#running !== null) return this.#running;
    if (sentMs < this.#endedMs) return Promise.resolve();
    this.#beganMs = performance.now();
    // A script's function may throw before it gives a promise, or give none.
    this.#running = new Promise((resolve) => resolve(login()))
      .then(() => {
        this.#endedMs = performance.now();
      })
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }
}
