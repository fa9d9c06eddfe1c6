/** The reaper in the cluster: its Deployment, and its life beside a run. */
import type { ClusterApi, KubernetesObject } from "../../kubernetes.ts";
import { hasCode } from "../../std/errors.ts";
import { until } from "../../std/wait.ts";
import { MANAGED_BY, REAPER } from "./marks.ts";
import type { WorkloadObject } from "./objects.ts";

/** Returns a Deployment of two pods on different nodes, which also stay on a node that is cordoned or drained. */
export function reaperDeployment(namespace: string, image: string, serviceAccount: string): KubernetesObject {
  const labels = { app: REAPER, ...MANAGED_BY };
  const apart = [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: REAPER } } }];
  const container = {
    name: "reaper",
    image,
    imagePullPolicy: "IfNotPresent",
    args: ["gameday", "reaper", "--namespace", namespace],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "192Mi" } },
  };
  const spec = {
    replicas: 2,
    selector: { matchLabels: { app: REAPER } },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: serviceAccount,
        terminationGracePeriodSeconds: 1,
        tolerations: [{ key: "node.kubernetes.io/unschedulable", operator: "Exists" }],
        securityContext: { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: apart } },
        containers: [container],
      },
    },
  };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: REAPER, namespace, labels }, ...{ spec } };
}

const READY_MS_MAX = 60_000;

/** The reaper of a namespace during a run. Disposing it removes it; when the run dies, the reaper stays and does its work. */
export class Reaper implements AsyncDisposable {
  readonly #api: ClusterApi;
  readonly #namespace: string;

  private constructor(api: ClusterApi, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  /** Returns once one of its pods is ready. Before that, nothing may be broken that only the reaper could undo. */
  static async start(
    api: ClusterApi,
    namespace: string,
    { image, account }: { readonly image: string; readonly account: string },
    signal: AbortSignal,
  ): Promise<Reaper> {
    try {
      await api.create(reaperDeployment(namespace, image, account));
    } catch (thrown) {
      if (!hasCode(thrown, "kubernetes-conflict")) throw thrown; // left by a run that died
    }
    const reference = { kind: "Deployment" as const, namespace, name: REAPER };
    let ready = 0;
    const isReady = async () => {
      ready = ((await api.get(reference, signal)) as WorkloadObject | null)?.status?.readyReplicas ?? 0;
      return ready > 0;
    };
    const seen = () => `${ready} ready pods; kubectl -n ${namespace} describe pods -l app=${REAPER}`;
    await until(isReady, { what: "a ready reaper in the cluster", deadlineMs: READY_MS_MAX, signal, seen });
    return new Reaper(api, namespace);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#api.remove("Deployment", this.#namespace, REAPER);
  }
}
