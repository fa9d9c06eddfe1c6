import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { connectKubernetes } from "../kubernetes/client.ts";
import type { ClusterApi } from "../kubernetes.ts";
import { type Findings, findingsOf } from "../platform/kubernetes/discover/findings.ts";
import { Doors } from "../platform/kubernetes/doors.ts";
import { assertOwnNamespace } from "../platform/kubernetes/safety.ts";
import { ExitCode, GamedayError, systemReason } from "../std/errors.ts";
import { giveTo, isThere, replaceFile } from "../std/regular-file.ts";
import { type Asked, askPostgres, askRedis, loginsFrom, notAsked } from "./init/leaders.ts";
import { lookAround } from "./init/look-around.ts";
import { countQuestions, planText } from "./init/plan-text.ts";
import type { Draft } from "./init/platform-text.ts";
import { rbacOfNamespace, rbacOfPlan } from "./init/rbac-text.ts";
import { readPlanFile } from "./plan-file.ts";

interface Flags {
  readonly kubernetes?: boolean;
  readonly namespace?: string;
  readonly context?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly rbac?: boolean;
  readonly plan?: string;
}

/** The deadline for looking around: long enough for a cluster that answers slowly. */
const LOOK_MS_MAX = 120_000;

/** `gameday init --kubernetes -n NAMESPACE`: writes a first plan, or the rights that one needs. Changes nothing in the cluster. */
export function initCommand(world: World, connect: typeof connectKubernetes = connectKubernetes): Command {
  return new Command("init")
    .description("inspect a namespace and write a first plan, in which open questions are marked; changes nothing")
    .option("--kubernetes", "inspect a Kubernetes cluster, the only platform that is supported so far")
    .option("-n, --namespace <name>", "the namespace to inspect")
    .option("--context <name>", "the context of the kubeconfig (default: its current one)")
    .option("--out <file>", "the file to write (default: standard output)")
    .option("--force", "overwrite the file of --out")
    .option("--rbac", "print the least Role and ClusterRole instead of a plan, without querying a cluster")
    .option("--plan <file>", "with --rbac: only what the faults of this plan need (default: all faults)")
    .addHelpText("after", LOGINS)
    .action(async (flags: Flags) => {
      requireKubernetes(flags);
      const out = flags.out === undefined ? undefined : resolve(world.cwd, flags.out);
      if (out !== undefined && flags.force !== true && isThere(out)) throw exists(flags.out ?? out);
      if (flags.rbac === true) deliver(world, flags, rbacFor(world, flags));
      else await writePlan(world, flags, connect);
    });
}

const LOGINS = `
The members are queried for the leader of PostgreSQL and Redis. If they demand a login, it comes from the environment:
PGUSER, PGPASSWORD and PGDATABASE as for psql, REDISCLI_AUTH as for redis-cli.`;

function requireKubernetes({ kubernetes, rbac, plan }: Flags): void {
  if (kubernetes !== true)
    throw usage("--kubernetes", "no platform to inspect", "gameday init --kubernetes -n NAMESPACE");
  if (plan !== undefined && rbac !== true)
    throw usage("--rbac with --plan", "--plan alone", "init writes a plan by itself");
}

function demandNamespace({ namespace }: Flags): string {
  const hint = "gameday init --kubernetes -n NAMESPACE";
  if (namespace === undefined) throw usage("the namespace to inspect (-n)", "none", hint);
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    throw usage("a namespace's name as Kubernetes allows it", `"${namespace}"`, hint);
  assertOwnNamespace(namespace);
  return namespace;
}

function rbacFor(world: World, flags: Flags): string {
  if (flags.plan === undefined) return rbacOfNamespace(demandNamespace(flags));
  const planFile = readPlanFile(world, flags.plan);
  const planned = planFile.plan.platform["namespace"];
  if (flags.namespace !== undefined && flags.namespace !== planned)
    throw usage(`namespace ${JSON.stringify(planned)}, as in the plan`, `"${flags.namespace}"`, "omit -n");
  return rbacOfPlan(planFile);
}

async function writePlan(world: World, flags: Flags, connect: typeof connectKubernetes): Promise<void> {
  const namespace = demandNamespace(flags);
  const draft = await draftOf(world, await connect(flags.context), namespace);
  const text = planText(draft);
  deliver(world, flags, text);
  const shown = flags.out ?? "the plan";
  const open = countQuestions(text.split("\n"));
  const said = [
    ...(flags.out === undefined ? [] : [`wrote ${flags.out}`]),
    ...describe(draft),
    `${open} questions are open: search ${shown} for QUESTION, answer them, then run gameday check`,
  ];
  (flags.out === undefined ? world.stderr : world.stdout).write(`${said.join("\n")}\n`);
}

async function draftOf(world: World, api: ClusterApi, namespace: string): Promise<Draft> {
  const signal = AbortSignal.timeout(LOOK_MS_MAX);
  const { recorded, namespaceLabels } = await lookAround(api, namespace, signal);
  const findings = findingsOf(recorded);
  const logins = loginsFrom(world.env);
  await using doors = new Doors(api);
  const mayAsk = await mayForward(api, namespace);
  const ask = async (chosen: Findings["postgres"], how: typeof askPostgres) => {
    if (chosen === null) return null;
    return mayAsk ? await how(doors, chosen.store, logins, signal) : notAsked(NO_FORWARD);
  };
  const [postgres, redis] = await Promise.all([ask(findings.postgres, askPostgres), ask(findings.redis, askRedis)]);
  return { context: api.context, findings, namespaceLabels, postgres, redis, logins };
}

const NO_FORWARD =
  "The leader was not determined, because this account may not open a port-forward (get and create pods/portforward).";

/** Over a WebSocket, servers up to 1.34 require get, newer ones create, so either may be enough. */
async function mayForward(api: ClusterApi, namespace: string): Promise<boolean> {
  const right = { group: "", resource: "pods", subresource: "portforward" };
  const allowed = await Promise.all(["get", "create"].map((verb) => api.mayI(namespace, { ...right, verb })));
  return allowed.includes(true);
}

function describe({ findings, postgres, redis }: Draft): string[] {
  return [
    `app: Deployment ${findings.app.deployment.metadata.name} at ${findings.endpoint.url}`,
    describeStore("PostgreSQL", findings.postgres, postgres),
    describeStore("Redis", findings.redis, redis),
  ];
}

function describeStore(name: string, chosen: Findings["postgres"], asked: Asked | null): string {
  if (chosen === null) return `${name}: none found`;
  const { operator, members } = chosen.store;
  const leads =
    asked?.leader === null || asked === null ? "no member confirmed that it leads" : `${asked.leader} leads`;
  return `${name}: ${operator.name}, ${members.length} members, ${leads}`;
}

function deliver(world: World, { out, force }: Flags, text: string): void {
  if (out === undefined) {
    world.stdout.write(text);
    return;
  }
  const path = resolve(world.cwd, out);
  try {
    if (force === true) replaceFile(path, text, { owner: world.owner });
    else {
      writeFileSync(path, text, { flag: "wx" });
      giveTo(world.owner, path);
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EEXIST") throw exists(out);
    throw usage(`to write ${out}`, systemReason(thrown), "name a file in a folder where you may write");
  }
}

function exists(out: string): GamedayError {
  return usage(
    `a file that does not exist yet`,
    `${out}, which does`,
    "name another with --out, or overwrite it with --force",
  );
}

function usage(expected: string, got: string, hint: string): GamedayError {
  return new GamedayError({ code: "init-usage", expected, got, hint, exitCode: ExitCode.usage });
}
