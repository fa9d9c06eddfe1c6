/** A fake cluster for tests of `init`: it lists recorded objects, refuses all changes, and its pods answer on local ports. */
import { createServer as createHttp } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import type { ClusterApi, Kind, KubernetesObject } from "../../kubernetes.ts";
import type { ListedObjects } from "../../platform/kubernetes/discover/recorded.ts";
import { GamedayError } from "../../std/errors.ts";

export interface FakeCluster {
  readonly recorded: ListedObjects;
  /** The labels of the namespace; null: there is no such namespace. */
  readonly namespaceLabels?: Readonly<Record<string, string>> | null;
  readonly forbidden?: readonly Kind[];
  /** Default: true. */
  readonly mayForward?: boolean;
  /** What listens in the pods, as "pod:port"; everything else refuses connections. */
  readonly pods?: Readonly<Record<string, () => Server>>;
}

export function fakeCluster({
  recorded,
  namespaceLabels = {},
  forbidden = [],
  mayForward = true,
  pods = {},
}: FakeCluster): ClusterApi {
  const lists = listsOf(recorded);
  const allow = (kind: Kind) => {
    if (forbidden.includes(kind)) throw refusal(kind);
  };
  const changes = () => Promise.reject(new Error("init must change nothing"));
  return {
    context: "test",
    namespace: "default",
    server: "https://10.0.0.1:6443",
    list: async (kind) => {
      allow(kind);
      return lists[kind] ?? [];
    },
    get: async ({ kind }) => {
      allow(kind);
      const metadata = { name: recorded.namespace, labels: namespaceLabels ?? {} };
      return namespaceLabels === null ? null : { apiVersion: "v1", kind, metadata };
    },
    forward: ({ pod }, port) => forwardTo(pods[`${pod}:${port}`]),
    create: changes,
    remove: changes,
    patch: changes,
    replace: changes,
    evict: changes,
    exec: changes,
    watch: changes,
    log: changes,
    logOf: changes,
    mayI: async () => mayForward,
  };
}

/** Returns a server that answers these paths with 200 and this JSON, and all others with 503, as Patroni does. */
export function rest(answers: Readonly<Record<string, unknown>>): () => Server {
  return () =>
    createHttp((request, response) => {
      const body = answers[request.url ?? ""];
      response.writeHead(body === undefined ? 503 : 200).end(JSON.stringify(body ?? {}));
    });
}

/** Returns a server that answers Redis commands by their words; unknown ones get an error. */
export function redis(answers: Readonly<Record<string, string>>): () => Server {
  return () =>
    createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.on("data", (data) => {
        const words = data
          .toString()
          .split("\r\n")
          .filter((part) => /^[^*$]/.test(part));
        socket.write(answers[words.join(" ")] ?? "-NOAUTH Authentication required.\r\n");
      });
    });
}

export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

export function list(...items: readonly string[]): string {
  return `*${items.length}\r\n${items.join("")}`;
}

async function forwardTo(open: (() => Server) | undefined) {
  if (open === undefined) throw new Error("connection refused");
  const server = open();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

function listsOf(recorded: ListedObjects): Partial<Record<Kind, readonly KubernetesObject[]>> {
  return {
    Pod: recorded.pods,
    Deployment: recorded.deployments,
    StatefulSet: recorded.statefulSets,
    Service: recorded.services,
    Ingress: recorded.ingresses,
    HorizontalPodAutoscaler: recorded.autoscalers,
    PodDisruptionBudget: recorded.budgets,
    Node: recorded.nodes ?? [],
  };
}

function refusal(kind: Kind): GamedayError {
  return new GamedayError({
    code: "kubernetes-forbidden",
    expected: `to list ${kind}`,
    got: "403: forbidden",
    exitCode: 4,
  });
}
