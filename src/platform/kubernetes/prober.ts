/**
 * A pod of ours that asks the app from inside the cluster twice a second, and counts the answers in its log. Its log is read through the
 * kubelet of its node, so what it saw is not known while that node or the API server is away.
 */
import type { KubernetesObject } from "../../kubernetes.ts";
import { hasCode } from "../../std/errors.ts";
import type { EntrySight } from "./entry-watch.ts";
import { MANAGED_BY } from "./marks.ts";
import type { Parts } from "./parts.ts";

/** The name of the pod. */
export const PROBER = "gameday-prober";
/** Returns a program that prints how many attempts were answered and how many were not, and why the last one ended as it did. */
const attempts = (url: string) => `
const url = ${JSON.stringify(url)};
const { request } = require(url.startsWith("https:") ? "https" : "http");
let [good, bad] = [0, 0];
const note = (isGood, why) => { if (isGood) good++; else bad++; console.log(good, bad, why); };
setInterval(() => {
  const options = { agent: false, rejectUnauthorized: false, signal: AbortSignal.timeout(1000) };
  let isOver = false;
  const end = (isGood, why) => { if (!isOver) note(isGood, why); isOver = true; };
  const asking = request(url, options, ({ statusCode }) => {
    end(![502, 503, 504].includes(statusCode), "status " + statusCode);
    asking.destroy();
  });
  asking.on("error", (error) => end(false, error.code || error.name)).end();
}, 500);`;

/** Returns the pod. It meets the Pod Security standard "restricted". */
export function proberPod(namespace: string, image: string, url: string): KubernetesObject {
  const container = {
    name: "prober",
    image,
    imagePullPolicy: "IfNotPresent",
    command: ["node", "-e", attempts(url)],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
    resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  };
  const spec = {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    securityContext: { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container],
  };
  const metadata = { name: PROBER, namespace, labels: { app: PROBER, ...MANAGED_BY } };
  return { apiVersion: "v1", kind: "Pod", metadata, ...{ spec } };
}

/** Creates the pod where the plan asks for it; one that a run left is used again. */
export async function startProber({ api, config }: Parts): Promise<void> {
  const { namespace, image, inside } = config;
  if (image === undefined || inside === undefined) return;
  try {
    await api.create(proberPod(namespace, image, inside));
  } catch (thrown) {
    if (!hasCode(thrown, "kubernetes-conflict")) throw thrown;
  }
}

export async function removeProber({ api, config }: Parts): Promise<void> {
  if (config.inside !== undefined) await api.remove("Pod", config.namespace, PROBER, { graceSeconds: 0 });
}

/** Returns a function that reads what the prober saw since the last call. */
export function readProber({ api, config }: Parts, signal: AbortSignal): () => Promise<EntrySight> {
  let before: { readonly good: number; readonly bad: number } | null = null;
  return async () => {
    const line = await api.logOf({ namespace: config.namespace, pod: PROBER }, { lines: 1 }, signal);
    const [, good, bad, why = ""] = /^(\d+) (\d+) (.*)$/m.exec(line) ?? [];
    if (good === undefined) return { answers: null, because: "the prober has not asked yet" };
    const [last, now] = [before, { good: Number(good), bad: Number(bad) }];
    before = now;
    if (last === null || now.good < last.good) return { answers: null, because: "the prober has just begun" };
    if (now.bad > last.bad) return { answers: false, because: why };
    return now.good > last.good ? { answers: true } : { answers: null, because: "the prober is silent" };
  };
}
