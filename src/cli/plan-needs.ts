/** What a plan needs of its platform, for `gameday check` and `gameday init --rbac`, and where the pods of its load run. */
import { faultNamed } from "../fault/catalogue.ts";
import type { Plan, PodsPlan } from "../plan.ts";
import type { PlanNeeds } from "../platform/kind.ts";
import { kubernetesConfig } from "../platform/kubernetes/config.ts";
import { GamedayError } from "../std/errors.ts";
import type { PodsFlags } from "./load/kubernetes.ts";

/** Throws GamedayError when the load's workers are to be pods, and nothing says of which image. */
export function needsOf(plan: Plan): PlanNeeds {
  const { experiments, load, platform, autoscaling } = plan;
  const leaderBackSeconds = leaderBackWithin(plan);
  return {
    capabilities: [...new Set(experiments.flatMap(({ fault }) => faultNamed(fault).needs))],
    ...(load.pods === undefined ? {} : { loadNamespace: podsFlags(load.pods, platform).namespace ?? null }),
    ...(autoscaling === null ? {} : { replicasUp: autoscaling.up.replicas }),
    ...(leaderBackSeconds === null ? {} : { leaderBackSeconds }),
  };
}

/** Returns the strictest bound on users' recovery from an experiment that hits the leader of PostgreSQL; null when there is none. */
function leaderBackWithin({ experiments, objectives }: Plan): number | null {
  const hits = experiments.filter(({ selector }) => selector.role === "postgres" && selector.leader !== false);
  const bounds = objectives.flatMap(({ measure, over, bound }) => {
    const limit = bound.under ?? bound.atMost;
    const isHit = hits.some(({ name }) => name === over["experiment"]);
    return measure === "recovery-seconds" && isHit && limit !== undefined ? [limit] : [];
  });
  return bounds.length === 0 ? null : Math.min(...bounds);
}

/** Returns where the pods run. Throws GamedayError when neither `load.pods` nor the platform names an image. */
export function podsFlags(pods: PodsPlan, platform: { readonly kind: string }): PodsFlags {
  const config = platform.kind === "kubernetes" ? kubernetesConfig.parse(platform) : null;
  const image = pods.image ?? config?.image;
  const context = pods.context ?? config?.context;
  const namespace = pods.namespace ?? config?.namespace;
  if (image === undefined)
    throw new GamedayError({
      code: "plan-pods-no-image",
      expected: "load.pods.image, or platform.image of a platform on Kubernetes: the image that the workers' pods run",
      got: "neither",
    });
  return {
    kubernetes: true,
    image,
    workerCpu: pods.cpu,
    workerMemory: pods.memory,
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(pods.advertise === undefined ? {} : { advertise: pods.advertise }),
    ...(config === null ? {} : { keepOff: targetsOf(config) }),
  };
}

/** Returns the pods that faults are likely to hit. The app's are not among them: they are on every node. */
function targetsOf({ namespace, postgres, redis }: ReturnType<typeof kubernetesConfig.parse>): PodsFlags["keepOff"] {
  const labels = [postgres?.pods, redis?.pods].filter((one) => one !== undefined);
  return labels.map((one) => ({ namespace, labels: one }));
}
