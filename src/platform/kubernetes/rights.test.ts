import assert from "node:assert/strict";
import { test } from "node:test";
import type { CapabilityName } from "../../platform.ts";
import { configOf } from "./kubernetes.fixture.ts";
import { rbacObjects } from "./rbac.ts";
import { rightsNeeded } from "./rights.ts";

const asText = (capabilities: readonly CapabilityName[], loadNamespace: string | null = null) =>
  rightsNeeded(configOf(), { capabilities, loadNamespace }).map(
    ({ scope, verb, group, resource, subresource = "" }) =>
      `${scope} ${verb} ${resource}/${subresource}${group === "" ? "" : `.${group}`}`,
  );

test("a plan without faults changes nothing but its lease", () => {
  const changing = asText([]).filter((line) => /^\w+ (create|update|patch|delete) /.test(line));
  assert.deepEqual(changing, [
    "namespace create pods/portforward",
    "namespace create leases/.coordination.k8s.io",
    "namespace update leases/.coordination.k8s.io",
    "namespace delete leases/.coordination.k8s.io",
  ]);
});

test("each capability brings its own rights, a subresource as a field of its own", () => {
  assert.ok(asText(["cut"]).includes("namespace patch pods/ephemeralcontainers"));
  assert.ok(!asText(["cut"]).includes("cluster patch nodes/"));
  assert.ok(asText(["evict"]).includes("cluster create pods/eviction"));
  assert.ok(asText(["cordon"]).includes("cluster patch nodes/"));
  assert.equal(new Set(asText(["cut", "freeze", "dns"])).size, asText(["cut", "freeze", "dns"]).length, "each once");
});

test("a cut by a NetworkPolicy needs other rights than one by nft", () => {
  const of = (cuts: string) =>
    rightsNeeded(configOf({ cuts }), { capabilities: ["cut"] }).map(
      ({ verb, resource, subresource }) => `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`,
    );
  const extra = of("network-policy").filter((right) => !of("nft").includes(right));
  assert.deepEqual(extra.sort(), [
    ...["create configmaps", "create networkpolicies", "delete configmaps", "delete networkpolicies", "get configmaps"],
    ...["get networkpolicies", "list networkpolicies", "patch configmaps", "patch pods"],
  ]);
});

test("a prober inside the cluster needs to be created and removed", () => {
  const rights = (more: Record<string, unknown>) =>
    rightsNeeded(configOf(more), { capabilities: [] })
      .filter(({ subresource }) => subresource === undefined)
      .map(({ verb, resource }) => `${verb} ${resource}`);
  const extra = rights({ inside: "http://shop.shop" }).filter((right) => !rights({}).includes(right));
  assert.deepEqual(extra, ["create pods", "delete pods"]);
});

test("a load in pods of the same namespace needs rights of its own, one elsewhere needs none here", () => {
  assert.ok(asText([], "shop").includes("namespace create jobs/.batch"));
  assert.deepEqual(asText([], "elsewhere"), asText([]));
});

test("the printed roles hold exactly these rights", () => {
  const objects = rbacObjects(configOf(), { capabilities: ["stop", "evict"] }) as {
    kind: string;
    rules?: { verbs: string[] }[];
  }[];
  assert.deepEqual(
    objects.map(({ kind }) => kind),
    ["ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"],
  );
  const granted = objects.flatMap(({ rules = [] }) => rules.flatMap(({ verbs }) => verbs)).length;
  assert.equal(granted, rightsNeeded(configOf(), { capabilities: ["stop", "evict"] }).length);
});
