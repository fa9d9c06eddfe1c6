/** Which kinds of fault the contract suite cannot show on the test cluster, and why. */
import { FAULTS } from "../../src/fault/catalogue.ts";

export const CLUSTER_RECORD = {
  file: "docs/track-record/faults-kubernetes.json",
  proof: "every fault that a cluster allows bites and heals with witnesses, and leaves nothing that can be taken away",
  command: "npm run prove:faults-kubernetes",
} as const;

const NO_DELAY =
  "packets cannot be delayed without the kernel's netem, which many nodes do not have, and without a privileged pod";

/** Each kind with its reason in words. */
export const CLUSTER_SKIPS: Readonly<Record<string, string>> = {
  latency: NO_DELAY,
  jitter: NO_DELAY,
  "slow-app": NO_DELAY,
  "clock-skew": "a pod has the clock of its node, and libfaketime cannot be added to a process that runs",
  "disk-full":
    "a volume that is a folder of its node would fill the disk of that node, and everybody on it would be evicted",
  "kill-proxy": "the proxies of the shop are sidecars of its replicas, so that no pod has the role of a proxy",
};

/** The kinds that the suite plays. */
export const CLUSTER_FAULTS: readonly string[] = FAULTS.map(({ name }) => name).filter(
  (name) => CLUSTER_SKIPS[name] === undefined,
);
