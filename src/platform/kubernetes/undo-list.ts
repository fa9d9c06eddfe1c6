/**
 * What must be undone in the cluster if this process dies, kept in the cluster: a ConfigMap with one key for each change that
 * does not end by itself. It is written before the change is made, so that the reaper, which runs in the cluster, can undo it
 * without us.
 */
import type { ClusterApi, KubernetesObject } from "../../kubernetes.ts";
import { hasCode } from "../../std/errors.ts";
import { isRecord } from "../../std/json.ts";
import { MANAGED_BY, shortName } from "./marks.ts";

export const UNDO_LIST = "gameday-undo";

/** How to undo one change. Any process may do so: undoing is idempotent and touches only what carries the run's mark. */
export type UndoEntry = { readonly run: string } & {
  /** Counted by its reader's own clock from when it first saw the entry: clocks of two machines are never compared. */
  readonly afterMs: number;
} & ({ readonly how: "uncordon"; readonly node: string } | { readonly how: "remove-policy"; readonly policy: string });

export interface UndoListObject extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

export class UndoList {
  readonly #api: ClusterApi;
  readonly #namespace: string;

  constructor(api: ClusterApi, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  /** Returns once the API server has stored the entry; only then may the change be made. */
  async add(changeId: string, entry: UndoEntry, signal: AbortSignal): Promise<void> {
    const data = { [shortName(changeId)]: JSON.stringify(entry) };
    try {
      await this.#patch({ data }, signal);
    } catch (thrown) {
      if (!hasCode(thrown, "kubernetes-not-found")) throw thrown;
      await this.#create(data, signal);
    }
  }

  /** Removes the entry of a change that was undone; harmless when there is none. */
  async remove(changeId: string, signal: AbortSignal): Promise<void> {
    await this.removeKey(shortName(changeId), signal);
  }

  async removeKey(key: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#patch({ data: { [key]: null } }, signal);
    } catch (thrown) {
      if (!hasCode(thrown, "kubernetes-not-found")) throw thrown;
    }
  }

  /** Returns the entries by key. An entry that cannot be parsed is left out, because Gameday did not write it. */
  async read(signal: AbortSignal): Promise<ReadonlyMap<string, UndoEntry>> {
    const reference = { kind: "ConfigMap" as const, namespace: this.#namespace, name: UNDO_LIST };
    const found = (await this.#api.get(reference, signal)) as UndoListObject | null;
    const entries = Object.entries(found?.data ?? {}).flatMap(([key, text]) => {
      const entry = parseEntry(text);
      return entry === null ? [] : [[key, entry] as const];
    });
    return new Map(entries);
  }

  /** Deletes the list itself, once nothing is left to undo. */
  async drop(): Promise<void> {
    await this.#api.remove("ConfigMap", this.#namespace, UNDO_LIST);
  }

  async #patch(body: object, signal: AbortSignal): Promise<void> {
    await this.#api.patch({ kind: "ConfigMap", namespace: this.#namespace, name: UNDO_LIST }, body, {}, signal);
  }

  async #create(data: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    const metadata = { name: UNDO_LIST, namespace: this.#namespace, labels: MANAGED_BY };
    const list: UndoListObject = { apiVersion: "v1", kind: "ConfigMap", metadata, data };
    try {
      await this.#api.create(list);
    } catch (thrown) {
      if (!hasCode(thrown, "kubernetes-conflict")) throw thrown;
      await this.#patch({ data }, signal); // another change created it in the meantime
    }
  }
}

export function parseEntry(text: string): UndoEntry | null {
  try {
    const entry: unknown = JSON.parse(text);
    if (!isRecord(entry)) return null;
    const { how, node, policy, run, afterMs } = entry;
    if (typeof run !== "string" || typeof afterMs !== "number") return null;
    if (how === "uncordon" && typeof node === "string") return { how, node, run, afterMs };
    return how === "remove-policy" && typeof policy === "string" ? { how, policy, run, afterMs } : null;
  } catch {
    return null;
  }
}
