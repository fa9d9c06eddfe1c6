/**
 * The reaper undoes, from inside the cluster, what a run that died has left behind: it reads the undo list twice a second and
 * undoes each entry once its time is over. Two of them run on different nodes, because one may be on the node that is hit; the
 * first to act undoes the entry. When the run is dead and nothing is left to undo, they remove themselves.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ClusterApi } from "../../kubernetes.ts";
import type { Clock } from "../../std/clock.ts";
import { messageOf } from "../../std/errors.ts";
import { uncordonNode } from "./capability/cordon.ts";
import { LEASE, LEASE_SECONDS } from "./lease.ts";
import { REAPER } from "./marks.ts";
import { type UndoEntry, UndoList } from "./undo-list.ts";

const EVERY_MS = 500;
/** A lease that nobody renewed for this long belongs to a run that died: twice the time after which another run may take it. */
const DEAD_MS = 2 * LEASE_SECONDS * 1_000;

export interface ReaperOptions {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly clock: Clock;
  /** Called with a description of what was undone, or of what could not be. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Works until the signal aborts, or until it has removed itself. It keeps retrying an API that is down, and undoes whatever is due
 * then as soon as the API is back.
 */
export async function reap(options: ReaperOptions): Promise<void> {
  const { say, signal } = options;
  const reaping = new Reaping(options);
  let trouble = "";
  while (!signal.aborted) {
    try {
      if (await reaping.round()) return;
      trouble = "";
    } catch (thrown) {
      if (signal.aborted) return;
      if (messageOf(thrown) !== trouble) say(messageOf(thrown));
      trouble = messageOf(thrown);
    }
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What one reaper has seen so far. All times are on its own clock, because clocks of two machines are never compared. */
export class Reaping {
  readonly #options: ReaperOptions;
  readonly #list: UndoList;
  readonly #seenAtMs = new Map<string, number>();
  #lease: { readonly version: string; readonly sinceMs: number } | null = null;

  constructor(options: ReaperOptions) {
    this.#options = options;
    this.#list = new UndoList(options.api, options.namespace);
  }

  /** Undoes what is due. Returns whether the reaper has removed itself. */
  async round(): Promise<boolean> {
    const { clock, say, signal } = this.#options;
    const entries = await this.#list.read(signal);
    for (const key of [...this.#seenAtMs.keys()]) if (!entries.has(key)) this.#seenAtMs.delete(key);
    for (const [key, entry] of entries) {
      const sinceMs = this.#seenAtMs.get(key) ?? clock.nowMs();
      this.#seenAtMs.set(key, sinceMs);
      if (clock.nowMs() - sinceMs < entry.afterMs) continue;
      const what = entry.how === "uncordon" ? `node ${entry.node}` : `NetworkPolicy ${entry.policy}`;
      const undone = await this.#undo(entry);
      await this.#list.removeKey(key, signal);
      const did = entry.how === "uncordon" ? "uncordoned" : "removed";
      say(undone ? `${did} ${what}, which run ${entry.run} left` : `${what} was undone already`);
    }
    return (await this.#isOver()) && entries.size === 0 && (await this.#retire());
  }

  /** Returns whether there was anything to undo. */
  async #undo(entry: UndoEntry): Promise<boolean> {
    const { api, namespace, signal } = this.#options;
    if (entry.how === "uncordon") return await uncordonNode(api, entry.node, entry.run, signal);
    return await api.remove("NetworkPolicy", namespace, entry.policy);
  }

  /** Returns whether no run is alive: its lease is gone, or was not renewed for long enough. */
  async #isOver(): Promise<boolean> {
    const { api, namespace, clock, signal } = this.#options;
    const lease = await api.get({ kind: "Lease", namespace, name: LEASE }, signal);
    const version = lease?.metadata.resourceVersion ?? "none";
    if (this.#lease?.version !== version) this.#lease = { version, sinceMs: clock.nowMs() };
    return clock.nowMs() - this.#lease.sinceMs >= DEAD_MS;
  }

  /** The Deployment goes last: without it nobody would finish what is left. */
  async #retire(): Promise<boolean> {
    const { api, namespace, say } = this.#options;
    const version = this.#lease?.version ?? "none";
    if (version !== "none") await api.remove("Lease", namespace, LEASE, { resourceVersion: version });
    await this.#list.drop();
    say("the run is dead and nothing is left to undo: the reaper removes itself");
    await api.remove("Deployment", namespace, REAPER);
    return true;
  }
}
