/** The catalogue entry for platforms on Kubernetes. */
import { connectKubernetes } from "../../kubernetes/client.ts";
import type { ClusterApi } from "../../kubernetes.ts";
import type { Plan } from "../../plan.ts";
import type { Target } from "../../platform.ts";
import { monotonicClock } from "../../std/clock.ts";
import type { GivenCommand, PlanNeeds, PlatformContext, PlatformKind } from "../kind.ts";
import { KUBERNETES_CAPABILITIES } from "./capability/all.ts";
import { kubernetesConfig } from "./config.ts";
import { Doors } from "./doors.ts";
import { OwnStress } from "./own-stress.ts";
import { KubernetesPlatform } from "./platform.ts";
import { type Survey, survey } from "./survey.ts";
import { Tools } from "./tools.ts";
import { UndoList } from "./undo-list.ts";

export const kubernetesKind: PlatformKind = {
  name: "kubernetes",
  schema: kubernetesConfig,
  capabilities: KUBERNETES_CAPABILITIES,
  exclusive: false,
  tells: ["restarts", "replicas"],
  create: open,
  attach: open,
  plannedTopology,
  plannedCommands: (config) => givenCommands(config).map(({ argv }) => argv),
  givenCommands,
  survey: surveyCluster,
};

async function surveyCluster(given: Plan["platform"], needs: PlanNeeds, signal: AbortSignal) {
  return await surveyThrough(await connectKubernetes(kubernetesConfig.parse(given).context), given, needs, signal);
}

/** Surveys the platform as the user of this API. */
export async function surveyThrough(
  api: ClusterApi,
  given: Plan["platform"],
  needs: PlanNeeds,
  signal: AbortSignal,
): Promise<Survey> {
  const config = kubernetesConfig.parse(given);
  await using doors = new Doors(api);
  const parts = {
    api,
    config,
    clock: monotonicClock(),
    doors,
    tools: new Tools(api, config.image, "check"),
    undoList: new UndoList(api, config.namespace),
    ownStress: new OwnStress(),
    runId: "check",
    planFolder: ".",
  };
  return await survey(parts, needs, signal);
}

/** Returns the commands of the plan for whole nodes. */
function givenCommands(given: Plan["platform"]): GivenCommand[] {
  const { nodeCommands = {} } = kubernetesConfig.parse(given);
  return Object.entries(nodeCommands).flatMap(([name, argv]) =>
    argv === undefined ? [] : [{ at: ["nodeCommands", name], argv }],
  );
}

async function open(
  given: Plan["platform"],
  { clock, runId, planFolder }: PlatformContext,
): Promise<KubernetesPlatform> {
  const config = kubernetesConfig.parse(given);
  const api = await connectKubernetes(config.context);
  return new KubernetesPlatform({ api, config, clock, runId, planFolder });
}

/** Returns placeholders, because the real names are known only by querying the cluster. */
function plannedTopology(given: Plan["platform"]): Target[] {
  const { postgres, redis, others } = kubernetesConfig.parse(given);
  const some = (role: string, count: number, led: boolean) =>
    Array.from({ length: count }, (_, index) =>
      planned(role, `${role}-${index}`, `node-${index % 3}`, led && index === 0),
    );
  return [
    ...some("app", 3, false),
    ...(postgres === undefined ? [] : some("postgres", postgres.members, true)),
    ...(redis === undefined ? [] : some("redis", redis.members, true)),
    ...Object.keys(others).flatMap((role) => some(role, 2, false)),
    ...[0, 1, 2].map((index) => planned("node", `node-${index}`, `node-${index}`, false)),
  ];
}

function planned(role: string, name: string, node: string, leader: boolean): Target {
  return { id: `${role}/${name}`, role, node, leader, healthy: true, labels: {} };
}
