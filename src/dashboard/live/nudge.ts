/**
 * Notices at once that a file has grown, so that an event need not wait for the next look. Where the system cannot watch files, nothing
 * is noticed, and the looks that come anyway must do.
 */
import { type FSWatcher, watch } from "node:fs";

export class Nudge implements Disposable {
  readonly #watcher: FSWatcher | null;

  constructor(path: string, noticed: () => void) {
    this.#watcher = watching(path, noticed);
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
  }
}

function watching(path: string, noticed: () => void): FSWatcher | null {
  try {
    const watcher = watch(path, { persistent: false }, noticed);
    return watcher.on("error", () => watcher.close());
  } catch {
    return null; // the file is not there yet, or too much is watched already
  }
}
