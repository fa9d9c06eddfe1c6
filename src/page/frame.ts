/** What every kind of page has: a root to draw in, the dialog, the right to control, and a place to announce things aloud. */
import type { ViewNode } from "../view.ts";
import type { Dialog } from "./dialog.ts";
import { patch } from "./patch.ts";
import type { PageSession } from "./session.ts";

export interface PageFrame {
  readonly root: Element;
  readonly dialog: Dialog;
  /** Read when drawing: the right may be lost while the page is open. */
  session(): PageSession;
  /** Reads words aloud to those who use a screen reader. */
  announce(says: string): void;
  /** Shows why something did not work, until the next thing does. */
  complain(says: string | null): void;
}

/** Draws at most once for each frame of the screen, and not while nobody looks. */
export class Drawing {
  readonly #root: Element;
  readonly #tree: () => ViewNode[];
  readonly #after: () => void;
  #asked = false;

  constructor(root: Element, tree: () => ViewNode[], after: () => void = () => undefined) {
    this.#root = root;
    this.#tree = tree;
    this.#after = after;
  }

  ask(): void {
    if (this.#asked || document.hidden) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.now();
    });
  }

  now(): void {
    patch(this.#root, this.#tree());
    this.#after();
  }
}
