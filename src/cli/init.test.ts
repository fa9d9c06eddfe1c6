import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseAllDocuments } from "yaml";
import type { World } from "../cli.ts";
import type { ClusterApi } from "../kubernetes.ts";
import { recordedOf, shop } from "../platform/kubernetes/discover/recorded.fixture.ts";
import * as stores from "../platform/kubernetes/discover/stores.fixture.ts";
import { GamedayError } from "../std/errors.ts";
import { bulk, type FakeCluster, fakeCluster, list, redis, rest } from "./init/cluster.fixture.ts";
import { initCommand } from "./init.ts";
import { readPlanFile } from "./plan-file.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-init-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "scenarios"));
writeFileSync(join(folder, "scenarios/users.ts"), "");
writeFileSync(join(folder, "probes.ts"), "");

const ALLOWED = { "gameday/allowed": "true" };

function worldOf(env: Record<string, string> = {}) {
  const said = { out: "", err: "" };
  const stream = (key: keyof typeof said) => ({
    isTTY: false,
    columns: 80,
    write: (text: string) => {
      said[key] += text;
    },
  });
  const world = { cwd: folder, env, owner: null, stdout: stream("out"), stderr: stream("err") } as unknown as World;
  return { world, said };
}

async function init(argv: readonly string[], cluster: FakeCluster | Error, env: Record<string, string> = {}) {
  const { world, said } = worldOf(env);
  const connect = async (): Promise<ClusterApi> => {
    if (cluster instanceof Error) throw cluster;
    return fakeCluster(cluster);
  };
  await initCommand(world, connect)
    .exitOverride()
    .parseAsync([...argv], { from: "user" });
  return said;
}

const LOOK = ["--kubernetes", "-n", "shop"];
const NO_CLUSTER = new Error("init queried a cluster although it need not");

/** Returns the plan as `check` and `run` read it, from a file beside the scenario files. */
function parsed(text: string, env: Record<string, string> = {}) {
  const file = join(folder, "plan.yaml");
  writeFileSync(file, text);
  return readPlanFile({ ...worldOf(env).world, cwd: folder }, file).plan;
}

/** Returns the plan with its suggested claims and objectives switched on. */
function withSuggestions(text: string): string {
  const on = (block: string) => block.replaceAll(/^( *)# /gm, "$1");
  return text.replace(/^# claims:\n(?:# .*\n)+/m, on).replace(/^ {2}# - id: nothing-lost\n(?: {2}# .*\n)+/m, on);
}

/** The members of Patroni and Redis by hand: pg-1 leads although the label says pg-0, and redis-2 although nobody is labelled. */
const members = ["leader", "sync_standby", "replica"].map((role, index) => ({
  name: ["pg-1", "pg-0", "pg-2"][index],
  role,
  state: role === "leader" ? "running" : "streaming",
  lag: 0,
}));
const PATRONI = { "/cluster": { members }, "/config": { synchronous_mode: true } };
const sentinel = redis({
  "SENTINEL MASTERS": list(list(bulk("name"), bulk("shop"), bulk("ip"), bulk("redis-2.redis.shop.svc.cluster.local"))),
  "SENTINEL MASTER shop": list(bulk("ip"), bulk("redis-2.redis.shop.svc.cluster.local"), bulk("flags"), bulk("master")),
});
const replication = (role: string) => redis({ "INFO replication": bulk(`# Replication\r\nrole:${role}\r\n`) });
const PODS = {
  "pg-0:8008": rest(PATRONI),
  "pg-1:8008": rest({ ...PATRONI, "/primary": {} }),
  "pg-2:8008": rest(PATRONI),
  "redis-0:6379": replication("slave"),
  "redis-1:6379": replication("slave"),
  "redis-2:6379": replication("master"),
  "redis-0:26379": sentinel,
  "redis-1:26379": sentinel,
  "redis-2:26379": sentinel,
};
const WHOLE: FakeCluster = { recorded: recordedOf(shop(), stores.byHand), namespaceLabels: ALLOWED, pods: PODS };

test("the jewelry shop's plan is valid, and names what the cluster has", async () => {
  const { out } = await init(LOOK, WHOLE);
  const { platform, experiments } = parsed(out);
  assert.equal(platform["context"], "test");
  assert.equal(platform["namespace"], "shop");
  assert.deepEqual(platform["app"], { deployment: "shop", container: "shop" });
  assert.equal(platform["autoscaler"], "shop");
  assert.deepEqual(platform["postgres"], {
    pods: { app: "pg" },
    container: "postgres",
    leader: "patroni",
    members: 3,
    port: 5432,
    patroniPort: 8008,
    database: "postgres",
  });
  const sentinels = { container: "sentinel", master: "shop", sentinels: 3, port: 26_379 };
  assert.deepEqual(platform["redis"], {
    pods: { app: "redis" },
    container: "redis",
    members: 3,
    port: 6379,
    sentinel: sentinels,
  });
  assert.deepEqual(
    experiments.map(({ fault }) => fault),
    ["kill-leader", "kill-leader", "kill-replicas", "drain-node"],
  );
});

test("the leader is the member that confirms it, not the pod with the label", async () => {
  const { out, err } = await init(LOOK, WHOLE);
  assert.match(err, /PostgreSQL: Patroni without an operator, 3 members, pg-1 leads/);
  assert.match(err, /Redis: .*, 3 members, redis-2 leads/);
  assert.match(out, /# pg-1 led when this was written: Patroni's REST API of that pod confirms it/);
  assert.doesNotMatch(out, /pg-0 led/);
});

test("members that do not answer cause a question, and the plan is valid all the same", async () => {
  const { out, err } = await init(LOOK, { ...WHOLE, pods: {} });
  assert.equal(parsed(out).platform["namespace"], "shop");
  assert.match(out, /# QUESTION: No member answered Patroni's REST API on port 8008/);
  assert.match(out, /# QUESTION: No member answered\. If Redis demands a password/);
  assert.match(err, /no member confirmed that it leads/);
});

test("without the right to port-forward no member is queried, and the plan gives the reason instead of a guess", async () => {
  const { out } = await init(LOOK, { ...WHOLE, mayForward: false });
  assert.equal(
    out.match(/# QUESTION: The leader was not determined, because this account may not open a port-forward/g)?.length,
    2,
  );
  assert.doesNotMatch(out, /led when this was written|No member answered/);
});

for (const [name, recorded] of Object.entries(stores))
  test(`the plan for ${name} is valid, also with the suggested claim and objective`, async () => {
    const { out } = await init(LOOK, { recorded: recordedOf(shop(), recorded), namespaceLabels: {} });
    assert.ok(parsed(out).objectives.length >= 5);
    const more = parsed(withSuggestions(out));
    assert.equal(more.claims.length, 1);
    assert.equal(more.objectives.at(-1)?.measure, "lost-writes");
    assert.match(out, /# QUESTION: Does the owner of namespace shop agree to a game day\?/);
  });

test("a login from the environment stays there, and the plan only refers to it", async () => {
  const env = { PGUSER: "shop", PGPASSWORD: "deep secret 1", REDISCLI_AUTH: "deep secret 2" };
  const { out } = await init(
    LOOK,
    { recorded: recordedOf(shop(), stores.bitnamiPostgresHa, stores.bitnamiRedis) },
    env,
  );
  assert.doesNotMatch(out, /deep secret/);
  const { postgres, redis: cache } = parsed(out, env).platform as Record<string, Record<string, unknown>>;
  assert.deepEqual([postgres?.["user"], postgres?.["leader"]], ["shop", "sql"]);
  assert.equal(cache?.["password"], "deep secret 2");
});

test("each question counts, and no line is too wide to read", async () => {
  const { out, err } = await init(LOOK, WHOLE);
  const asked = out.split("\n").filter((line) => line.includes("# QUESTION:")).length;
  assert.match(err, new RegExp(`^${asked} questions are open`, "m"));
  assert.deepEqual(
    out.split("\n").filter((line) => line.trimStart().startsWith("#") && line.length > 120),
    [],
  );
});

test("resources that may not be listed cause a question, and a namespace without pods is an error", async () => {
  const some = await init(LOOK, { ...WHOLE, forbidden: ["Node", "PodDisruptionBudget", "HorizontalPodAutoscaler"] });
  assert.match(
    some.out,
    /# QUESTION: This account may not list HorizontalPodAutoscaler, PodDisruptionBudget and Node\./,
  );
  assert.doesNotMatch(some.out, /No PodDisruptionBudget covers|No HorizontalPodAutoscaler scales/);
  const unlabelled = await init(LOOK, { ...WHOLE, forbidden: ["Namespace"] });
  assert.match(unlabelled.out, /# QUESTION: .*Its labels cannot be read/);
  assert.equal(parsed(some.out).platform["endpoint"], "http://endpoint.invalid");
  await assert.rejects(init(LOOK, { ...WHOLE, forbidden: ["Pod"] }), { code: "kubernetes-forbidden", exitCode: 4 });
});

test("a missing namespace, kube-system, an unreachable cluster and wrong flags are refused with a message", async () => {
  await assert.rejects(init(LOOK, { ...WHOLE, namespaceLabels: null }), { code: "kubernetes-not-found", exitCode: 4 });
  await assert.rejects(init(["--kubernetes", "-n", "kube-system"], NO_CLUSTER), {
    code: "kubernetes-refused",
    exitCode: 3,
  });
  const away = new GamedayError({ code: "kubernetes-unreachable", expected: "the API", got: "no answer", exitCode: 4 });
  await assert.rejects(init(LOOK, away), { code: "kubernetes-unreachable", exitCode: 4 });
  for (const argv of [
    ["-n", "shop"],
    ["--kubernetes"],
    ["--kubernetes", "-n", "Shop!"],
    [...LOOK, "--plan", "plan.yaml"],
  ])
    await assert.rejects(init(argv, NO_CLUSTER), { code: "init-usage", exitCode: 3 });
});

test("an existing file is overwritten only with --force", async () => {
  const file = join(folder, "mine.yaml");
  writeFileSync(file, "precious");
  await assert.rejects(init([...LOOK, "--out", "mine.yaml"], NO_CLUSTER), { code: "init-usage", exitCode: 3 });
  assert.equal(readFileSync(file, "utf8"), "precious");
  const { out, err } = await init([...LOOK, "--out", "mine.yaml", "--force"], WHOLE);
  assert.match(readFileSync(file, "utf8"), /^name: shop-first-game-day$/m);
  assert.match(out, /^wrote mine\.yaml$/m);
  assert.equal(err, "");
  await assert.rejects(init([...LOOK, "--out", "no/such/folder.yaml"], WHOLE), { code: "init-usage", exitCode: 3 });
});

interface Rules {
  readonly kind: string;
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
}

/** Returns the documents by kind, and whether a role grants a verb on a resource. */
function rolesIn(text: string) {
  const documents = parseAllDocuments(text).map((one) => one.toJS() as Rules);
  const may = (kind: string, verb: string, resource: string) =>
    documents
      .filter((one) => one.kind === kind)
      .some(({ rules = [] }) => rules.some((rule) => rule.resources.includes(resource) && rule.verbs.includes(verb)));
  return { kinds: documents.map(({ kind }) => kind), may };
}

test("--rbac prints a Role and a ClusterRole for all faults without querying a cluster", async () => {
  const { kinds, may } = rolesIn((await init([...LOOK, "--rbac"], NO_CLUSTER)).out);
  assert.deepEqual(kinds, ["ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"]);
  assert.ok(may("Role", "patch", "pods/ephemeralcontainers"));
  assert.ok(may("ClusterRole", "patch", "nodes"));
  assert.ok(!may("Role", "patch", "nodes"));
});

test("--rbac for a plan grants only what its faults need", async () => {
  const { out } = await init(LOOK, WHOLE);
  const only = out.replace(
    /^experiments:\n[\s\S]*?\n\n/m,
    "experiments: [{ name: a, fault: kill-replicas, target: { role: app } }]\n\n",
  );
  writeFileSync(join(folder, "kill.yaml"), only.replace(/^objectives:[\s\S]*/m, ""));
  const { may } = rolesIn((await init([...LOOK, "--rbac", "--plan", "kill.yaml"], NO_CLUSTER)).out);
  assert.ok(may("Role", "delete", "pods"));
  assert.ok(!may("Role", "patch", "pods/ephemeralcontainers"));
  assert.ok(!may("ClusterRole", "create", "pods/eviction"));
  const other = ["--kubernetes", "-n", "other", "--rbac", "--plan", "kill.yaml"];
  await assert.rejects(init(other, NO_CLUSTER), { code: "init-usage" });
});

test("a password that Redis demands and its Sentinels do not is written for Redis only", async () => {
  const locked = (role: string) =>
    redis({ "AUTH deep secret 2": "+OK\r\n", "INFO replication": bulk(`role:${role}\r\n`) });
  const open = {
    "redis-0:6379": locked("master"),
    "redis-1:6379": locked("slave"),
    "redis-2:6379": locked("slave"),
    "redis-0:26379": redis({
      "AUTH deep secret 2": "-ERR AUTH called without any password configured.\r\n",
      "SENTINEL MASTERS": list(list(bulk("name"), bulk("shop"))),
      "SENTINEL MASTER shop": list(bulk("ip"), bulk("redis-0"), bulk("flags"), bulk("master")),
    }),
  };
  const env = { REDISCLI_AUTH: "deep secret 2" };
  const { out, err } = await init(LOOK, { ...WHOLE, pods: open }, env);
  assert.match(err, /Redis: .*, redis-0 leads/);
  const { redis: cache } = parsed(out, env).platform as Record<string, Record<string, unknown>>;
  assert.equal(cache?.["password"], "deep secret 2");
  assert.deepEqual(cache?.["sentinel"], { container: "sentinel", master: "shop", sentinels: 3, port: 26_379 });
});
