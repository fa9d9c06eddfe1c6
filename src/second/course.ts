/** A value that changes at moments which are known afterwards, such as the phase of a run or the leader of a group. */
export class SecondsCourse<T> {
  readonly #changes: { readonly atMs: number; readonly value: T }[] = [];

  /** Records that the value changed at that moment. A change that is reported late goes to its place in time. */
  set(atMs: number, value: T): void {
    let place = this.#changes.length;
    while (place > 0 && (this.#changes[place - 1]?.atMs ?? 0) > atMs) place--;
    this.#changes.splice(place, 0, { atMs, value });
  }

  /** Returns the value just before a moment; undefined if it was not set before. */
  before(atMs: number): T | undefined {
    return this.#changes.findLast((change) => change.atMs < atMs)?.value;
  }

  /** Forgets what is not needed to answer for moments after `atMs`. */
  forgetBefore(atMs: number): void {
    const last = this.#changes.findLastIndex((change) => change.atMs < atMs);
    if (last > 0) this.#changes.splice(0, last);
  }
}
