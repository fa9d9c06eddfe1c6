/**
 * Sends requests to another system, one after the other, without ever making the run wait: the queue is bounded, each request has a
 * deadline, and what was not delivered is counted with its last reason. URLs, headers and bodies are never logged, because they may
 * hold secrets.
 */
import { setTimeout as delay } from "node:timers/promises";
import { systemReason } from "../std/errors.ts";

export interface QueuedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that is made when its turn comes; null if it is not needed any more. */
type Make = () => QueuedRequest | null;

export interface SenderOptions {
  /** How long one request may take, with its answer. */
  readonly deadlineMs?: number;
  readonly queueMax?: number;
  /** How often a request is tried; further attempts follow after a pause. */
  readonly attempts?: number;
}

const DEADLINE_MS = 5_000;
const QUEUE_MAX = 256;
const PAUSE_MS = 500;
/** The most of an answer that is read. */
const ANSWER_BYTES_MAX = 64 << 10;

interface Waiting {
  readonly make: Make;
  readonly answered: (text: string) => void;
}

export class Sender {
  readonly #options: SenderOptions;
  readonly #queue: Waiting[] = [];
  readonly #stop = new AbortController();
  #turn: Promise<void> | null = null;
  #given = 0;
  #lost = 0;
  #reason = "";

  constructor(options: SenderOptions = {}) {
    this.#options = options;
  }

  /** Queues a request and returns at once. If the queue is full, the request is dropped. */
  send(make: Make, answered: (text: string) => void = () => undefined): void {
    this.#given++;
    if (this.#stop.signal.aborted) return this.#lose("the run was over");
    if (this.#queue.length >= (this.#options.queueMax ?? QUEUE_MAX)) return this.#lose("the queue was full");
    this.#queue.push({ make, answered });
    this.#turn ??= this.#work();
  }

  /** Waits until everything is sent, or the signal is aborted. */
  async idle(signal: AbortSignal): Promise<void> {
    if (this.#turn === null || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    await Promise.race([this.#turn, promise]);
  }

  /** Gives up what is still queued or being sent, and counts it as lost. */
  close(): void {
    this.#stop.abort();
  }

  /** Returns what was lost, in words; null if nothing was. */
  get losses(): string | null {
    if (this.#lost === 0) return null;
    return `${this.#lost} of ${this.#given} messages were not delivered (the last one: ${this.#reason})`;
  }

  async #work(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (this.#stop.signal.aborted) this.#lose("the run was over");
      else await this.#deliver(next);
    }
    this.#turn = null;
  }

  async #deliver({ make, answered }: Waiting): Promise<void> {
    const outgoing = make();
    if (outgoing === null) return void this.#given--;
    const attempts = this.#options.attempts ?? 1;
    for (let attempt = 1; ; attempt++) {
      const reason = await this.#attempt(outgoing, answered);
      if (reason === null) return;
      if (attempt >= attempts || this.#stop.signal.aborted) return this.#lose(reason);
      await delay(PAUSE_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** Returns why the request was not delivered; null if it was. */
  async #attempt({ url, ...init }: QueuedRequest, answered: (text: string) => void): Promise<string | null> {
    const deadline = AbortSignal.timeout(this.#options.deadlineMs ?? DEADLINE_MS);
    const signal = AbortSignal.any([deadline, this.#stop.signal]);
    try {
      const response = await fetch(url, { ...init, signal, redirect: "manual" });
      const text = await beginningOf(response);
      if (!response.ok) return `answered ${response.status}`;
      answered(text);
      return null;
    } catch (thrown) {
      if (this.#stop.signal.aborted) return "the run was over";
      return deadline.aborted ? "no answer in time" : reasonOf(thrown);
    }
  }

  #lose(reason: string): void {
    this.#lost++;
    this.#reason = reason;
  }
}

/** Reads the first part of an answer, and leaves the rest: an answer without end must not fill the memory. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (value !== undefined) chunks.push(value);
    bytes += value?.length ?? 0;
    if (!done && bytes < ANSWER_BYTES_MAX) continue;
    if (!done) await reader.cancel();
    return Buffer.concat(chunks).toString("utf8");
  }
}

/** Returns the system's reason, such as "connection refused". The message of an error may hold the URL, and so a secret. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  return typeof code === "string" ? systemReason(Object.assign(new Error(code), { code })) : "the request failed";
}
