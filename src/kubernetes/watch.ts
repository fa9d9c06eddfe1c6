/**
 * List and watch: all objects that exist, then each change, until the signal aborts. The library's watch ends after 30 s without
 * a byte, and ends for good on any other trouble, so each end starts a new watch here: from where the last one stopped, or with a
 * new list when that point is too old (410).
 */
import { setTimeout as delay } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Kind, KubernetesObject, WatchEvent, WatchListener, Where } from "../kubernetes.ts";
import { messageOf } from "../std/errors.ts";
import { isRecord } from "../std/json.ts";
import { pathOf } from "./path.ts";
import type { Requests } from "./requests.ts";

/** The server ends a watch after this time: earlier than the library, which gives up on a connection that was silent for 30 s. */
const WATCH_SECONDS = 25;
const PAUSE_MS = 500;

export interface WatchSource {
  readonly config: KubeConfig;
  readonly requests: Requests;
  readonly nowMs: () => number;
}

/** Resolves when the signal aborts; no trouble with the server ends it earlier. */
export async function watchObjects(
  source: WatchSource,
  { kind, where }: { kind: Kind; where: Where },
  listener: WatchListener,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map<string, KubernetesObject>();
  let blindSinceMs: number | null = null;
  let because = "";
  const isBlind = (end: WatchEnd) => {
    because = end.because;
    if (!end.asExpected) blindSinceMs = end.lastHeardMs;
  };
  while (!signal.aborted) {
    try {
      const version = await listAnew(source, { kind, where }, { known, listener, signal });
      if (blindSinceMs !== null) listener.onGap({ ms: source.nowMs() - blindSinceMs, because });
      blindSinceMs = null;
      isBlind(await follow(source, { kind, where, version }, { known, listener, signal }));
    } catch (thrown) {
      if (signal.aborted) return;
      blindSinceMs ??= source.nowMs();
      because = messageOf(thrown);
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

interface Following {
  readonly known: Map<string, KubernetesObject>;
  readonly listener: WatchListener;
  readonly signal: AbortSignal;
}

/** Reports the differences from the known objects; returns the list's resourceVersion. */
async function listAnew(
  { requests }: WatchSource,
  { kind, where }: { kind: Kind; where: Where },
  { known, listener, signal }: Following,
): Promise<string> {
  const call = { verb: "list" as const, kind, namespace: where.namespace };
  const list = JSON.parse(await requests.ask(call, "GET", { query: selectors(where), signal })) as {
    metadata?: { resourceVersion?: string };
    items: readonly KubernetesObject[];
  };
  const seen = new Set<string>();
  for (const object of list.items) {
    seen.add(keyOf(object));
    const before = known.get(keyOf(object));
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion) continue;
    note(known, listener, { type: before === undefined ? "ADDED" : "MODIFIED", object });
  }
  for (const [key, object] of [...known]) if (!seen.has(key)) note(known, listener, { type: "DELETED", object });
  return list.metadata?.resourceVersion ?? "";
}

interface WatchEnd {
  readonly because: string;
  /** The server closed the watch at the end of its time, so nothing was missed. */
  readonly asExpected: boolean;
  readonly lastHeardMs: number;
}

/** Follows one watch until it ends. */
async function follow(
  { config, nowMs }: WatchSource,
  { kind, where, version }: { kind: Kind; where: Where; version: string },
  { known, listener, signal }: Following,
): Promise<WatchEnd> {
  const { Watch } = await import("@kubernetes/client-node");
  const watch = new Watch(config);
  const path = pathOf({ verb: "watch", kind, namespace: where.namespace }, "GET");
  const query = {
    ...selectors(where),
    resourceVersion: version,
    allowWatchBookmarks: true,
    timeoutSeconds: WATCH_SECONDS,
  };
  const ended = Promise.withResolvers<Omit<WatchEnd, "lastHeardMs">>();
  const endsWith = (because: string, asExpected = false) => ended.resolve({ because, asExpected });
  let lastHeardMs = nowMs();
  const controller = await watch.watch(
    path,
    query,
    (type, object: unknown) => {
      lastHeardMs = nowMs();
      if (type === "ERROR") endsWith(`the server ended the watch: ${JSON.stringify(object).slice(0, 200)}`);
      else if (isEventType(type) && isRecord(object))
        note(known, listener, { type, object: object as unknown as KubernetesObject });
    },
    (error: unknown) => endsWith(messageOf(error ?? "the watch ended"), error === null || error === undefined),
  );
  const abort = () => {
    controller.abort();
    endsWith("asked to end", true);
  };
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return { ...(await ended.promise), lastHeardMs };
  } finally {
    signal.removeEventListener("abort", abort);
    controller.abort();
  }
}

function note(known: Map<string, KubernetesObject>, listener: WatchListener, event: WatchEvent): void {
  const key = keyOf(event.object);
  if (event.type === "DELETED") known.delete(key);
  else known.set(key, event.object);
  listener.onEvent(event);
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
