/**
 * One stream of frames, many watchers. The frames of one moment become bytes once, for all watchers, and so does a snapshot for
 * all who come at the same moment. A watcher that does not read is dropped, not waited for; it comes back by itself. The last
 * frames are kept, so that a watcher that returns with the id of its last frame misses nothing; one that was away for longer, or
 * knows another server, is sent a snapshot.
 */
import type { ServerResponse } from "node:http";
import type { FrameName } from "../api/live.ts";

const KEPT_BYTES_MAX = 8 << 20;
const UNREAD_BYTES_MAX = 1 << 20;
export const WATCHERS_MAX = 200;
const BEAT = Buffer.from(":\n\n");
const RETRY = Buffer.from("retry: 1000\n\n");

export interface Frame {
  readonly event: FrameName;
  readonly data: unknown;
}

/** Counts the watchers of all streams of a server, because they share its connections. */
export class WatcherCount {
  readonly #most: number;
  now = 0;
  constructor(most = WATCHERS_MAX) {
    this.#most = most;
  }
  get isFull(): boolean {
    return this.now >= this.#most;
  }
}

export class Fanout {
  readonly #epoch: string;
  readonly #count: WatcherCount;
  /** The frames of one write as one packet; `after` is the id of the frame before its first. */
  readonly #kept: { readonly after: number; readonly bytes: Buffer }[] = [];
  /**
   * The watchers, each with the bytes of the snapshot that it is still reading: of a long run they may be more than may be unread
   * otherwise, and through a slow connection they take their time.
   */
  readonly #watchers = new Map<ServerResponse, number>();
  /** The snapshot as it was sent since the last frames. */
  #whole: Buffer | null = null;
  #keptBytes = 0;
  #next = 1;
  dropped = 0;

  /** `epoch` must be another one for each stream, also for a second one of the same run: the numbers of its frames begin anew. */
  constructor(epoch: string, count: WatcherCount = new WatcherCount()) {
    this.#epoch = epoch;
    this.#count = count;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** Sends frames in one write to each watcher. Called at each moment at which the state may have changed, also without frames. */
  send(frames: readonly Frame[]): void {
    this.#whole = null;
    if (frames.length === 0) return;
    const after = this.#next - 1;
    const bytes = Buffer.from(frames.map((frame) => this.#text(frame)).join(""));
    this.#kept.push({ after, bytes });
    this.#keptBytes += bytes.length;
    while (this.#keptBytes > KEPT_BYTES_MAX) this.#keptBytes -= this.#kept.shift()?.bytes.length ?? this.#keptBytes;
    this.#write(bytes);
  }

  /** Forgets all frames, after a change that none of them tells: whoever returns is then sent a snapshot. */
  forgetFrames(): void {
    this.#whole = null;
    this.#kept.length = 0;
    this.#keptBytes = 0;
    this.#next++;
  }

  /** Sends a comment, so that neither side mistakes silence for a broken connection. */
  beat(): void {
    this.#write(BEAT);
  }

  /**
   * Adds a watcher; returns false, and does nothing, if the server has no room for it. `last` is its Last-Event-ID. One whose
   * connection ended while its run was being opened is not added, because nothing would ever remove it.
   */
  watch(response: ServerResponse, last: string | undefined, snapshot: () => unknown): boolean {
    if (response.destroyed) return true;
    if (this.#count.isFull) return false;
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    const missed = this.#missed(last);
    const begin = missed ?? [this.#snapshot(snapshot)];
    response.write(RETRY);
    for (const bytes of begin) response.write(bytes);
    this.#watchers.set(
      response,
      begin.reduce((sum, { length }) => sum + length, 0),
    );
    this.#count.now++;
    response.once("close", () => this.#forget(response)).once("error", () => this.#forget(response));
    return true;
  }

  close(): void {
    for (const watcher of this.#watchers.keys()) watcher.end();
  }

  #forget(watcher: ServerResponse): void {
    if (this.#watchers.delete(watcher)) this.#count.now--;
  }

  #snapshot(state: () => unknown): Buffer {
    this.#whole ??= Buffer.from(this.#textAs(this.#next - 1, { event: "snapshot", data: state() }));
    return this.#whole;
  }

  #text(frame: Frame): string {
    return this.#textAs(this.#next++, frame);
  }

  #textAs(id: number, { event, data }: Frame): string {
    return `id: ${this.#epoch}.${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  /** Returns the bytes after the given id; null if they are not known any more, or the id is none of this server. */
  #missed(last: string | undefined): readonly Buffer[] | null {
    const [epoch, text = ""] = (last ?? "").split(".");
    const id = Number(text);
    if (epoch !== this.#epoch || !/^\d{1,15}$/.test(text) || id >= this.#next) return null;
    if (id === this.#next - 1) return [];
    const at = this.#kept.findIndex(({ after }) => after === id);
    return at < 0 ? null : this.#kept.slice(at).map(({ bytes }) => bytes);
  }

  #write(bytes: Buffer): void {
    for (const [watcher, begun] of this.#watchers) {
      const unread = watcher.writableLength;
      if (unread > UNREAD_BYTES_MAX + begun) this.#drop(watcher);
      else watcher.write(bytes);
      if (begun > 0 && unread <= UNREAD_BYTES_MAX) this.#watchers.set(watcher, 0);
    }
  }

  #drop(watcher: ServerResponse): void {
    this.dropped++;
    this.#forget(watcher);
    watcher.destroy();
  }
}
