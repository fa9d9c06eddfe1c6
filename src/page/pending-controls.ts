/** What this page asked for and has not yet seen in the stream. "Done" is shown only once it is an event of the run. */
import type { LiveFrame } from "../api.ts";

/** After this long, the page says that it has not seen what it asked for. */
const LATE_MS = 20_000;

interface Wish {
  readonly says: string;
  isLate: boolean;
}

export class PendingControls {
  readonly #changed: () => void;
  #wishes: Wish[] = [];

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get list(): string[] {
    return this.#wishes.map(({ says, isLate }) => (isLate ? `${says} (not seen in the run yet)` : says));
  }

  add(says: string): void {
    const wish: Wish = { says, isLate: false };
    this.#wishes = [...this.#wishes, wish];
    setTimeout(() => {
      wish.isLate = true;
      this.#changed();
    }, LATE_MS);
    this.#changed();
  }

  /** Takes the oldest wish off the list when the run records a control, a reset or a mark. */
  frame(frame: LiveFrame): void {
    const isSeen =
      (frame.event === "event" && frame.data.entry.kind === "control") ||
      (frame.event === "state" && (frame.data.shownFromMs !== undefined || frame.data.marks !== undefined));
    if (isSeen) this.#wishes = this.#wishes.slice(1);
    if (frame.event === "snapshot") this.#wishes = [];
  }
}
