/**
 * List and watch: all objects that exist, then each change, until the signal aborts. The library's watch ends after 30 s without
 * a byte, and ends for good on any other trouble, so each end starts a new watch here: from where the last one stopped, so that the
 * server reports what happened in between, or with a new list when that point is too old (410).
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Kind, KubernetesObject, WatchEvent, WatchListener, Where } from "../kubernetes.ts";
import { messageOf } from "../std/errors.ts";
import { isRecord } from "../std/json.ts";
import type { ClusterLogin } from "./cluster-login.ts";
import { pathOf } from "./path.ts";
import type { Requests } from "./requests.ts";

/** The server ends a watch after this time: earlier than the library, which gives up on a connection that was silent for 30 s. */
const WATCH_SECONDS = 25;
/** The pause after trouble. A watch that ends sooner than this is trouble as well, however politely it ended. */
const PAUSE_MS = 500;

export interface WatchSource {
  readonly login: ClusterLogin;
  readonly requests: Requests;
  readonly nowMs: () => number;
  /** After this time without a byte, a watch counts as broken. Default: the library's 30 s. */
  readonly silenceMs?: number;
  /** Default: PAUSE_MS. */
  readonly pauseMs?: number;
}

interface Watched {
  readonly kind: Kind;
  readonly where: Where;
}

/** Resolves when the signal aborts; no trouble with the server ends it earlier. */
export async function watchObjects(
  source: WatchSource,
  watched: Watched,
  listener: WatchListener,
  signal: AbortSignal,
): Promise<void> {
  const watching = new Watching(source, watched, listener);
  while (!signal.aborted) {
    if (await watching.round(signal))
      await delay(source.pauseMs ?? PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** How one watch ended: "expired" at the end of its time, "stale" because the server cannot go on from its version. */
interface WatchEnd {
  readonly how: "expired" | "broken" | "stale" | "unauthorized";
  readonly because: string;
}

class Watching {
  readonly #source: WatchSource;
  readonly #watched: Watched;
  readonly #listener: WatchListener;
  readonly #known = new Map<string, KubernetesObject>();
  /** The version up to which everything was reported; null: a new list is needed. */
  #version: string | null = null;
  /** When the server was last heard, and since when nothing is seen; null: it is being watched. */
  #heardMs: number;
  #blind: { readonly sinceMs: number; readonly because: string } | null = null;

  constructor(source: WatchSource, watched: Watched, listener: WatchListener) {
    this.#source = source;
    this.#watched = watched;
    this.#listener = listener;
    this.#heardMs = source.nowMs();
  }

  /** Watches until the watch ends; returns whether it ended by trouble. */
  async round(signal: AbortSignal): Promise<boolean> {
    const beganMs = this.#source.nowMs();
    let end: WatchEnd;
    try {
      this.#version ??= await this.#list(signal);
      end = await this.#follow(this.#version, signal);
    } catch (thrown) {
      end = { how: "broken", because: messageOf(thrown) };
    }
    const livedMs = this.#source.nowMs() - beganMs;
    if (signal.aborted || (end.how === "expired" && livedMs >= (this.#source.pauseMs ?? PAUSE_MS))) return false;
    if (end.how === "stale") this.#version = null;
    this.#blind ??= { sinceMs: this.#heardMs, because: end.because };
    return true;
  }

  /** Reports the differences from the known objects; returns the list's resourceVersion. */
  async #list(signal: AbortSignal): Promise<string> {
    const { kind, where } = this.#watched;
    const call = { verb: "list" as const, kind, namespace: where.namespace };
    const text = await this.#source.requests.ask(call, "GET", { query: selectors(where), signal });
    const list = JSON.parse(text) as {
      metadata?: { resourceVersion?: string };
      items: readonly KubernetesObject[];
    };
    const seen = new Set<string>();
    for (const object of list.items) {
      seen.add(keyOf(object));
      const before = this.#known.get(keyOf(object));
      if (before?.metadata.resourceVersion === object.metadata.resourceVersion) continue;
      this.#note({ type: before === undefined ? "ADDED" : "MODIFIED", object });
    }
    for (const [key, object] of [...this.#known]) if (!seen.has(key)) this.#note({ type: "DELETED", object });
    return list.metadata?.resourceVersion ?? "";
  }

  /** Follows one watch until it ends. */
  async #follow(version: string, signal: AbortSignal): Promise<WatchEnd> {
    const { Watch } = await import("@kubernetes/client-node");
    const { login, silenceMs } = this.#source;
    const { config } = login;
    const watch = new Watch(config);
    if (silenceMs !== undefined) Object.assign(watch, { requestTimeoutMs: silenceMs }); // it has no option for it
    const { kind, where } = this.#watched;
    const path = pathOf({ verb: "watch", kind, namespace: where.namespace }, "GET");
    const query = { resourceVersion: version, allowWatchBookmarks: true, timeoutSeconds: WATCH_SECONDS };
    const ended = Promise.withResolvers<WatchEnd>();
    let isOver = false;
    const end = (over: WatchEnd) => {
      isOver = true;
      ended.resolve(over);
    };
    const onEnd = (error: unknown) => end(endOf(error));
    const onEvent = (type: string, object: unknown) => {
      if (isOver) return;
      const trouble = this.#hear(type, object);
      if (trouble !== null) end(trouble);
    };
    const controller = await watch.watch(path, { ...selectors(where), ...query }, onEvent, onEnd);
    if (!isOver) this.#isSeeing();
    using _ = abortedWith(signal, () => {
      controller.abort();
      onEnd(null);
    });
    const over = await ended.promise;
    controller.abort();
    if (over.how === "unauthorized") await login.renew(config);
    return over;
  }

  /** Takes one line of the watch; returns how it ends the watch, or null. */
  #hear(type: string, object: unknown): WatchEnd | null {
    this.#heardMs = this.#source.nowMs();
    if (!isRecord(object)) return null;
    if (type === "ERROR") {
      const says = JSON.stringify(object).slice(0, 200);
      return { how: "stale", because: `the server ended the watch: ${says}` };
    }
    const { resourceVersion } = (object["metadata"] ?? {}) as { resourceVersion?: string };
    if (resourceVersion !== undefined) this.#version = resourceVersion;
    if (isEventType(type)) this.#note({ type, object: object as unknown as KubernetesObject });
    return null;
  }

  /** Ends the gap, if there was one. */
  #isSeeing(): void {
    const nowMs = this.#source.nowMs();
    this.#heardMs = nowMs;
    if (this.#blind === null) return;
    const { sinceMs, because } = this.#blind;
    this.#blind = null;
    this.#listener.onGap({ ms: nowMs - sinceMs, because });
  }

  #note(event: WatchEvent): void {
    const key = keyOf(event.object);
    if (event.type === "DELETED") this.#known.delete(key);
    else this.#known.set(key, event.object);
    this.#listener.onEvent(event);
  }
}

/** Returns how a watch ended that the library reports as ended: without an error at the end of its time, or with its status. */
function endOf(error: unknown): WatchEnd {
  if (error === null || error === undefined) return { how: "expired", because: "the watch ended" };
  const { statusCode } = error as { statusCode?: number };
  const because = statusCode === undefined ? messageOf(error) : `${statusCode}: ${messageOf(error)}`;
  if (statusCode === 410) return { how: "stale", because };
  return { how: statusCode === 401 ? "unauthorized" : "broken", because };
}

/** Calls `then` when the signal aborts, until it is disposed. */
function abortedWith(signal: AbortSignal, then: () => void): Disposable {
  if (signal.aborted) then();
  signal.addEventListener("abort", then, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", then) };
}

/** Returns the uid where there is one: an object that was recreated under the same name is another object. */
function keyOf({ metadata }: KubernetesObject): string {
  return metadata.uid ?? `${metadata.namespace ?? ""}/${metadata.name}`;
}

function isEventType(type: string): type is WatchEvent["type"] {
  return type === "ADDED" || type === "MODIFIED" || type === "DELETED";
}

function selectors({ labels, fields }: Where): Record<string, string> {
  return {
    ...(labels === undefined ? {} : { labelSelector: labels }),
    ...(fields === undefined ? {} : { fieldSelector: fields }),
  };
}
