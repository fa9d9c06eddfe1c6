/** The rights that `init --rbac` prints, as a user of the test cluster who has nothing else; and the same without one verb. */
import { setTimeout as delay } from "node:timers/promises";
import { needsOf } from "../../src/cli/plan-needs.ts";
import { connectKubernetes } from "../../src/kubernetes/client.ts";
import { describeRight } from "../../src/kubernetes/rights.ts";
import type { ClusterApi } from "../../src/kubernetes.ts";
import type { Plan } from "../../src/plan.ts";
import { kubernetesConfig } from "../../src/platform/kubernetes/config.ts";
import { surveyThrough } from "../../src/platform/kubernetes/kind.ts";
import { rbacObjects } from "../../src/platform/kubernetes/rbac.ts";
import { type NeededRight, rbacRules, rightsNeeded } from "../../src/platform/kubernetes/rights.ts";
import type { Json } from "../../src/std/json.ts";
import { NAMESPACE, type TestCluster } from "./cluster.ts";

const ACCOUNT = "gameday";
/** How long the API server's authorizer may take to see a changed Role. */
const SEEN_MS = 400;

export interface RightRow {
  /** The verb that was taken away: "list pods". */
  readonly without: string;
  /** Whether a line of `check` names it. */
  readonly named: boolean;
  readonly says: string;
}

/** Applies the printed rights of the plan, and returns a kubeconfig of their ServiceAccount. */
export async function applyPrintedRights(cluster: TestCluster, planFile: string): Promise<string> {
  const printed = await cluster.gameday(["init", "--kubernetes", "-n", NAMESPACE, "--rbac", "--plan", planFile]);
  if (printed.code !== 0) throw new Error(`expected init --rbac to print rights, got ${printed.stderr}`);
  await cluster.kubectl(["apply", "-f", cluster.writeText("rbac.yaml", printed.stdout)]);
  const token = (await cluster.kubectl(["-n", NAMESPACE, "create", "token", ACCOUNT, "--duration=2h"])).trim();
  const config = JSON.parse(await cluster.kubectl(["config", "view", "--raw", "-o", "json"])) as {
    readonly users: readonly { readonly name: string }[];
  };
  const users = config.users.map(({ name }) => ({ name, user: { token } }));
  return cluster.write("kubeconfig.json", { ...config, users } as unknown as Json);
}

/** Takes each right away once, asks `check`'s survey, and gives it back. */
export async function* withoutEachRight(
  cluster: TestCluster,
  plan: Plan,
  kubeconfig: string,
  isDone: (without: string) => boolean,
): AsyncGenerator<RightRow> {
  const config = kubernetesConfig.parse(plan.platform);
  const needs = needsOf(plan);
  const rights = rightsNeeded(config, needs);
  const api = await connectAs(kubeconfig, config.context);
  const objects = rbacObjects(config, needs) as readonly { readonly kind: string; readonly metadata: object }[];
  const apply = async (granted: readonly NeededRight[]) => {
    const roles = objects.flatMap((role) => {
      if (role.kind !== "Role" && role.kind !== "ClusterRole") return [];
      return [{ ...role, rules: rbacRules(granted, role.kind === "Role" ? "namespace" : "cluster") }];
    });
    const list = { apiVersion: "v1", kind: "List", items: roles } as unknown as Json;
    await cluster.kubectl(["apply", "-f", cluster.write("roles.json", list)]);
    await delay(SEEN_MS);
  };
  try {
    for (const right of rights) {
      const without = describeRight(right);
      if (isDone(without)) continue;
      // The same verb on the whole cluster would stand in for the one in the namespace, so both go.
      await apply(rights.filter((one) => describeRight(one) !== without));
      const { lines } = await surveyThrough(api, plan.platform, needs, AbortSignal.timeout(60_000));
      const bad = lines.filter(({ ok }) => !ok).map(({ name, seen }) => `${name}: ${seen}`);
      const named = bad.some((line) => line.startsWith("rights: ") && line.includes(without));
      yield { without, named, says: bad.join(" | ").slice(0, 500) };
    }
  } finally {
    await apply(rights);
  }
}

async function connectAs(kubeconfig: string, context: string): Promise<ClusterApi> {
  const before = process.env["KUBECONFIG"];
  process.env["KUBECONFIG"] = kubeconfig;
  try {
    return await connectKubernetes(context);
  } finally {
    process.env["KUBECONFIG"] = before;
  }
}
