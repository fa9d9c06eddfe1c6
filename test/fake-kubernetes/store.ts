/** What the fake API server keeps: objects by their path, and the history that watches are played from. */

import { pathOf } from "../../src/kubernetes/path.ts";
import type { KubernetesObject } from "../../src/kubernetes.ts";
import { merged } from "../../src/platform/kubernetes/memory-api.fixture.ts";

export interface StoredEvent {
  readonly version: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly path: string;
  readonly object: KubernetesObject;
}

/** A refusal in the words of an API server. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class Store {
  readonly objects = new Map<string, KubernetesObject>();
  readonly history: StoredEvent[] = [];
  /** Changes up to this version are forgotten, so that no watch can begin there. */
  compactedTo = 0;
  onEvent: (event: StoredEvent) => void = () => undefined;
  #version = 0;

  get version(): number {
    return this.#version;
  }

  pathOf({ kind, metadata }: KubernetesObject): string {
    return pathOf({ verb: "get", kind, namespace: metadata.namespace ?? "", name: metadata.name }, "GET");
  }

  /** Stores an object as it is, whatever its resourceVersion says. */
  put(object: KubernetesObject): KubernetesObject {
    const path = this.pathOf(object);
    const before = this.objects.get(path);
    const uid = before?.metadata.uid ?? object.metadata.uid ?? `uid-${this.#version + 1}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(this.#version + 1) } };
    this.objects.set(path, stored);
    this.#happened(before === undefined ? "ADDED" : "MODIFIED", path, stored);
    return stored;
  }

  create(object: KubernetesObject): KubernetesObject {
    if (this.objects.has(this.pathOf(object))) throw new Refused(409, `"${object.metadata.name}" already exists`);
    return this.put(object);
  }

  replace(object: KubernetesObject): KubernetesObject {
    this.#demand(this.pathOf(object), object.metadata.resourceVersion);
    return this.put(object);
  }

  /** Merges as RFC 7396 says. */
  patch(path: string, body: unknown): KubernetesObject {
    const { metadata } = body as { metadata?: { resourceVersion?: string } };
    return this.put(merged(this.#demand(path, metadata?.resourceVersion), body) as KubernetesObject);
  }

  remove(path: string, resourceVersion?: string): KubernetesObject {
    const there = this.#demand(path, resourceVersion);
    this.objects.delete(path);
    const gone = { ...there, metadata: { ...there.metadata, resourceVersion: String(this.#version + 1) } };
    this.#happened("DELETED", path, gone);
    return gone;
  }

  list(collection: string): readonly KubernetesObject[] {
    return [...this.objects].filter(([path]) => isIn(collection, path)).map(([, object]) => object);
  }

  #demand(path: string, resourceVersion: string | undefined): KubernetesObject {
    const there = this.objects.get(path);
    if (there === undefined) throw new Refused(404, `${path} not found`);
    if (resourceVersion !== undefined && resourceVersion !== there.metadata.resourceVersion)
      throw new Refused(409, "the object has been modified");
    return there;
  }

  #happened(type: StoredEvent["type"], path: string, object: KubernetesObject): void {
    const event = { version: ++this.#version, type, path, object };
    this.history.push(event);
    this.onEvent(event);
  }
}

/** Returns whether an object belongs to a collection: "/api/v1/pods" holds the pods of all namespaces. */
export function isIn(collection: string, path: string): boolean {
  const parent = path.slice(0, path.lastIndexOf("/"));
  return parent === collection || parent.replace(/\/namespaces\/[^/]+/, "") === collection;
}
