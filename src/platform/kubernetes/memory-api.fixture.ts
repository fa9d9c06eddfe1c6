/** A fake API server that keeps objects in memory, for tests: merge patches, resource versions and conflicts as the real one. */
import type { ClusterApi, Kind, KubernetesObject, ObjectReference, RemoveOptions } from "../../kubernetes.ts";
import { GamedayError } from "../../std/errors.ts";
import { isRecord } from "../../std/json.ts";

export class MemoryApi {
  readonly objects = new Map<string, KubernetesObject>();
  /** Called before each request; it may throw, as an API that is away does. */
  before: (request: string) => void = () => undefined;
  #version = 0;

  /** The port as the code under test takes it; whatever the fake does not have throws when it is called. */
  get api(): ClusterApi {
    return this as unknown as ClusterApi;
  }

  put(object: KubernetesObject): KubernetesObject {
    const { kind, metadata } = object;
    const next = { ...object, metadata: { ...metadata, resourceVersion: String(++this.#version) } };
    this.objects.set(keyOf(kind, metadata.namespace ?? "", metadata.name), next);
    return next;
  }

  has(kind: Kind, name: string, namespace = "shop"): boolean {
    return this.objects.has(keyOf(kind, namespace, name));
  }

  async create<T extends KubernetesObject>(object: T): Promise<T> {
    const { kind, metadata } = object;
    this.before(`create ${kind}`);
    if (this.has(kind, metadata.name, metadata.namespace)) throw failure("kubernetes-conflict");
    return this.put(object) as T;
  }

  async get({ kind, namespace, name }: ObjectReference): Promise<KubernetesObject | null> {
    this.before(`get ${kind}`);
    return this.objects.get(keyOf(kind, namespace, name)) ?? null;
  }

  async list(kind: Kind, { namespace }: { readonly namespace: string }): Promise<readonly KubernetesObject[]> {
    this.before(`list ${kind}`);
    return [...this.objects.values()].filter(
      (object) => object.kind === kind && (namespace === "" || object.metadata.namespace === namespace),
    );
  }

  async patch({ kind, namespace, name }: ObjectReference, body: unknown): Promise<KubernetesObject> {
    this.before(`patch ${kind}`);
    const there = this.objects.get(keyOf(kind, namespace, name));
    if (there === undefined) throw failure("kubernetes-not-found");
    const wanted = (body as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== there.metadata.resourceVersion) throw failure("kubernetes-conflict");
    return this.put(merged(there, body) as KubernetesObject);
  }

  async replace<T extends KubernetesObject>(object: T): Promise<T> {
    const { kind, metadata } = object;
    this.before(`update ${kind}`);
    const there = this.objects.get(keyOf(kind, metadata.namespace ?? "", metadata.name));
    if (there === undefined) throw failure("kubernetes-not-found");
    if (metadata.resourceVersion !== there.metadata.resourceVersion) throw failure("kubernetes-conflict");
    return this.put(object) as T;
  }

  async remove(kind: Kind, namespace: string, name: string, { resourceVersion }: RemoveOptions = {}): Promise<boolean> {
    this.before(`delete ${kind}`);
    const there = this.objects.get(keyOf(kind, namespace, name));
    if (there === undefined) return false;
    if (resourceVersion !== undefined && resourceVersion !== there.metadata.resourceVersion)
      throw failure("kubernetes-conflict");
    return this.objects.delete(keyOf(kind, namespace, name));
  }
}

function keyOf(kind: Kind, namespace: string, name: string): string {
  return `${kind} ${namespace} ${name}`;
}

/** Merges as RFC 7396 says: null removes a key. */
export function merged(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

function failure(code: string): GamedayError {
  return new GamedayError({ code, expected: "the request to be accepted", got: code });
}
