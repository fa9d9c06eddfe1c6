/** The reaper's Deployment. Pure. */
import type { KubernetesObject } from "../../kubernetes.ts";
import { MANAGED_BY } from "./marks.ts";

export const REAPER = "gameday-reaper";

/** Two pods on different nodes, which also stay on a node that is cordoned or drained. */
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
