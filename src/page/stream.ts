/**
 * Follows the live stream of one run. A browser allows six connections to a server, so all tabs that show the same run share one
 * stream: the tab that holds the lock has the connection and passes each frame on, and the others begin with the state that the API
 * returns. When that tab is closed, the next one takes over.
 */
import type { FrameName, LiveFrame, LiveState } from "../api.ts";
import { get } from "./api.ts";

export interface StreamListener {
  frame(frame: LiveFrame): void;
  /** Called when frames stop, and when they come again. */
  connection(isLive: boolean): void;
}

type Message =
  | { readonly kind: "frame"; readonly frame: LiveFrame }
  | { readonly kind: "connection"; readonly isLive: boolean };

const FRAME_NAMES: readonly FrameName[] = [
  "snapshot",
  "second",
  "lanes",
  "event",
  "outage",
  "rows",
  "objective",
  "state",
  "verdict",
  "gone",
];
const RETRY_MS = 1000;
/** A lock that is free is granted sooner. */
const LOCK_MS = 50;

export class LiveStream {
  readonly #run: string;
  readonly #listener: StreamListener;
  readonly #channel: BroadcastChannel;
  #source: EventSource | null = null;
  #holdsLock = false;
  #hasState = false;
  /** Frames that other tabs passed on before this one had a state to fold them into. */
  #early: LiveFrame[] = [];
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(run: string, listener: StreamListener) {
    this.#run = run;
    this.#listener = listener;
    this.#channel = new BroadcastChannel(`gameday-run-${run}`);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#heard(data);
    this.#start();
  }

  /** Connects anew, after the machine has slept or when frames are overdue. */
  reopen(): void {
    if (this.#holdsLock) this.#open();
    else void this.#readState();
  }

  #start(): void {
    // Locks exist only where the connection is secure: beyond loopback without TLS every tab has a stream of its own.
    if (navigator.locks === undefined) {
      this.#holdsLock = true;
      return this.#open();
    }
    const lock = `gameday-run-${this.#run}`;
    void navigator.locks.request(lock, () => this.#lead());
    setTimeout(() => {
      if (!this.#holdsLock) void this.#readState();
    }, LOCK_MS);
  }

  /** Holds the lock until this tab is closed. */
  #lead(): Promise<never> {
    this.#holdsLock = true;
    this.#open();
    return new Promise(() => undefined);
  }

  #open(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    const source = new EventSource(`/api/v1/runs/${encodeURIComponent(this.#run)}/stream`);
    this.#source = source;
    for (const name of FRAME_NAMES) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        const frame = { event: name, data: JSON.parse(data) as unknown } as LiveFrame;
        this.#say({ kind: "frame", frame });
        this.#take(frame);
      });
    }
    source.addEventListener("open", () => this.#tell(true));
    source.addEventListener("error", () => {
      this.#tell(false);
      // A browser connects again by itself, except after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) this.#later(() => this.#open());
    });
  }

  async #readState(): Promise<void> {
    const answer = await get<LiveState>(`/runs/${encodeURIComponent(this.#run)}/state`);
    if (this.#holdsLock) return;
    this.#listener.connection(answer.ok);
    if (!answer.ok) return this.#later(() => void this.#readState());
    this.#take({ event: "snapshot", data: answer.value });
    for (const frame of this.#early.splice(0)) this.#take(frame);
  }

  #later(work: () => void): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(work, RETRY_MS);
  }

  #tell(isLive: boolean): void {
    this.#say({ kind: "connection", isLive });
    this.#listener.connection(isLive);
  }

  #say(message: Message): void {
    this.#channel.postMessage(message);
  }

  #heard(message: Message): void {
    if (this.#holdsLock) return;
    if (message.kind === "connection") return this.#listener.connection(message.isLive);
    if (this.#hasState || message.frame.event === "snapshot") this.#take(message.frame);
    else this.#early.push(message.frame);
  }

  #take(frame: LiveFrame): void {
    if (frame.event === "snapshot") this.#hasState = true;
    if (this.#hasState) this.#listener.frame(frame);
  }
}
