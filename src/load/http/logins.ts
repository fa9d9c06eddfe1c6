/** The logins of one user. Only one runs at a time, however many of its calls receive a 401. */
export class Logins {
  #running: Promise<void> | null = null;
  #beganMs = 0;
  #endedMs = 0;

  /**
   * Returns true when a 401 to a call made at `madeMs` (performance.now()) requires a login. A 401 to a call made since a running
   * login began is an answer like any other: the call is part of the login.
   */
  concerns(madeMs: number): boolean {
    return this.#running === null || madeMs < this.#beganMs;
  }

  /** Resolves when the user is logged in again: by `login`, unless another call has logged in since `sentMs`. */
  renewed(sentMs: number, login: () => unknown): Promise<void> {
    if (this.#running !== null) return this.#running;
    if (sentMs < this.#endedMs) return Promise.resolve();
    this.#beganMs = performance.now();
    // A script's function may throw before it returns a promise, or return none.
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
