/**
 * The reaper undoes, from inside the cluster, what a run that died has left behind: it reads the undo list twice a second and
 * undoes each entry once its time is over. Two of them run on different nodes, because one may be on the node that is hit; the
 * first to act undoes the entry.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ClusterApi } from "../../kubernetes.ts";
import type { Clock } from "../../std/clock.ts";
import { messageOf } from "../../std/errors.ts";
import { uncordonNode } from "./capability/cordon.ts";
import { UndoList } from "./undo-list.ts";

const EVERY_MS = 500;

export interface ReaperOptions {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly clock: Clock;
  /** Called with a description of what was undone, or of what could not be. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Works until the signal aborts. It keeps retrying an API that is down, and undoes whatever is due then as soon as the API is
 * back.
 */
export async function reap({ api, namespace, clock, say, signal }: ReaperOptions): Promise<void> {
  const list = new UndoList(api, namespace);
  const seenAtMs = new Map<string, number>();
  let trouble = "";
  while (!signal.aborted) {
    try {
      const entries = await list.read(signal);
      for (const key of [...seenAtMs.keys()]) if (!entries.has(key)) seenAtMs.delete(key);
      for (const [key, entry] of entries) {
        const sinceMs = seenAtMs.get(key) ?? clock.nowMs();
        seenAtMs.set(key, sinceMs);
        if (clock.nowMs() - sinceMs < entry.afterMs) continue;
        const undone = await uncordonNode(api, entry.node, entry.run, signal);
        await list.removeKey(key, signal);
        say(
          undone
            ? `uncordoned node ${entry.node}, which run ${entry.run} left`
            : `node ${entry.node} was undone already`,
        );
      }
      trouble = "";
    } catch (thrown) {
      if (signal.aborted) return;
      if (messageOf(thrown) !== trouble) say(messageOf(thrown));
      trouble = messageOf(thrown);
    }
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
