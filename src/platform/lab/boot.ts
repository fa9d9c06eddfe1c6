/** Boots the lab: the order in which its parts come up, with as much as possible at once. */
import { ExitCode, GamedayError } from "../../std/errors.ts";
import { until } from "../../std/wait.ts";
import { diskOf, FOLDER, NODES, type NodeName, PORT, RESOLVER_FILE, SWITCH_ADDRESS } from "./addresses.ts";
import type { ServiceReport } from "./agent/protocol.ts";
import type { Slot } from "./app.ts";
import { runOnLeader } from "./leader.ts";
import { patroniConfig } from "./postgres.ts";
import { printed } from "./printed.ts";
import type { Programs } from "./programs.ts";
import { FIRST_MASTER, redisConfig, sentinelConfig } from "./redis.ts";
import type { ReplicaParts, Replicas } from "./replicas.ts";
import {
  appEnvironment,
  etcdService,
  haproxyService,
  patroniService,
  redisService,
  resolverService,
  sentinelService,
} from "./services.ts";

export interface Boot extends ReplicaParts {
  readonly programs: Programs;
  readonly replicas: Replicas;
  readonly logFolder: string;
}

/** How often one process may die soon after its start before the boot gives up on it. */
const DEATHS_MAX = 3;

export async function boot(parts: Boot, signal: AbortSignal): Promise<void> {
  const { config, space, users, replicas } = parts;
  layOutDisks(parts);
  replicas.writeProxyFile();
  await space.switch.start(resolverService(), signal);
  await space.switch.start(haproxyService(users), signal);
  if (config.etcd === 1) await space.switch.start(etcdService(config, "switch", users), signal);
  await Promise.all(NODES.map((node) => startNode(parts, node, signal)));
  await Promise.all([bootSentinels(parts, signal), bootDatabase(parts, signal)]);
  await prepareApp(parts, signal);
  await replicas.scale(config.app.replicas, signal);
  await awaitReplicas(parts, signal);
}

async function awaitReplicas(parts: Boot, signal: AbortSignal): Promise<void> {
  const { config, replicas } = parts;
  const { replicas: wanted, readiness } = config.app;
  try {
    await awaitPart(
      parts,
      { what: "the app's replicas to be ready", deadlineMs: readiness.within, signal },
      async () => {
        return (await replicas.ready(signal)).length >= wanted;
      },
    );
  } catch (thrown) {
    signal.throwIfAborted();
    if (!(thrown instanceof GamedayError) || thrown.code !== "timed-out") throw thrown;
    throw notReady(parts, await replicas.whyNotReady(signal), await replicas.ready(signal));
  }
}

function notReady({ config, replicas, logFolder }: Boot, why: string, ready: readonly Slot[]): GamedayError {
  const { replicas: wanted, readiness } = config.app;
  const waiting = replicas.current().find((slot) => !ready.includes(slot));
  const log = `${logFolder}/app-${waiting?.name}.log`;
  return new GamedayError({
    code: "lab-not-ready",
    expected: `${wanted} replicas of the app to be ready within ${readiness.within / 1000} s`,
    got: `${ready.length}; ${why}; ${printed(log)}`,
    hint: "readiness is requested at $PORT of each node's address, as users' requests arrive; `app.readiness` sets the path and the time",
    exitCode: ExitCode.notReady,
  });
}

/** Powers a node on and starts its services, except the Sentinel: in a new lab, it would not know any replica yet. */
export async function startNode(parts: ReplicaParts, node: NodeName, signal: AbortSignal): Promise<void> {
  const { config, space, users } = parts;
  await space.startNode(node, signal);
  if (config.etcd === 3) await space.nodes[node].start(etcdService(config, node, users), signal);
  await space.nodes[node].start(redisService(node, users), signal);
  await space.nodes[node].start(patroniService(node, users), signal);
}

/** Starts everything that ran on a node before it was powered off. */
export async function resumeNode(parts: Boot, node: NodeName, signal: AbortSignal): Promise<void> {
  await startNode(parts, node, signal);
  await parts.space.nodes[node].start(sentinelService(node, parts.users), signal);
  await parts.replicas.resume(node, signal);
}

function layOutDisks({ config, space, users, programs }: Boot): void {
  space.file(RESOLVER_FILE, `nameserver ${SWITCH_ADDRESS}\noptions timeout:1 attempts:2\n`);
  space.folder(FOLDER.haproxy, users.haproxy, 0o700);
  space.folder(FOLDER.etcd, users.etcd, 0o700);
  for (const node of NODES) {
    const disk = diskOf(node);
    space.folder(`${disk}/postgres`, users.postgres, 0o700);
    space.folder(`${disk}/redis`, users.redis, 0o700);
    space.folder(`${disk}/sentinel`, users.redis, 0o700);
    space.folder(`${disk}/etcd`, users.etcd, 0o700);
    space.file(`${disk}/patroni.yml`, patroniConfig(config, node, programs.postgresFolder), users.postgres, 0o600);
    space.file(`${disk}/redis.conf`, redisConfig(config, node));
    space.file(`${disk}/sentinel/sentinel.conf`, sentinelConfig(config, node), users.redis);
  }
}

async function bootSentinels(parts: Boot, signal: AbortSignal): Promise<void> {
  const { observer, space, users } = parts;
  await awaitPart(parts, { what: "both Redis replicas to be online", deadlineMs: 20_000, signal }, async () => {
    return (await observer.replication(signal))[FIRST_MASTER]?.onlineReplicas === NODES.length - 1;
  });
  await Promise.all(NODES.map((node) => space.nodes[node].start(sentinelService(node, users), signal)));
}

async function bootDatabase(parts: Boot, signal: AbortSignal): Promise<void> {
  await awaitPart(parts, { what: "a PostgreSQL leader", deadlineMs: 40_000, signal }, () =>
    parts.observer.postgresLeader(signal),
  );
  await runOnLeader(parts, "postgres", signal, async (client) => {
    await client.query("create role app login password 'app'");
    await client.query("create database app owner app");
  });
}

/** Runs the app's own preparation once, as its user, with the environment of a replica and without a port to serve on. */
async function prepareApp(parts: Boot, signal: AbortSignal): Promise<void> {
  const { config, space, users } = parts;
  const { prepare, prepareTimeout } = config.app;
  if (prepare === null) return;
  await awaitPart(
    parts,
    { what: "HAProxy to see a PostgreSQL leader and a Redis master", deadlineMs: 20_000, signal },
    async () => {
      const up = (await parts.observer.servers(signal)).filter((row) => row.status.startsWith("UP"));
      return ["postgres", "redis"].every((name) => up.some((row) => row.backend === name));
    },
  );
  const env = { ...appEnvironment(config), PORT: String(PORT.appBase) };
  const log = "prepare.log";
  const place = { cwd: FOLDER.app, log: `${FOLDER.log}/${log}`, ...users.app };
  const request = { argv: prepare, deadlineMs: prepareTimeout, env, ...place };
  const result = await space.nodes.n1.tryRun(request, signal);
  if (result.code === 0) return;
  throw new GamedayError({
    code: "lab-prepare-failed",
    expected: `app.prepare "${prepare.join(" ")}" to exit 0`,
    got: `${result.code === null ? "killed (timeout)" : `exit ${result.code}`}; ${printed(`${parts.logFolder}/${log}`)}`,
    exitCode: ExitCode.notReady,
  });
}

/** Waits for a part, but not for one whose process keeps dying: that one is named at once, with the end of its log. */
async function awaitPart<T>(
  parts: Boot,
  { what, deadlineMs, signal }: { readonly what: string; readonly deadlineMs: number; readonly signal: AbortSignal },
  condition: () => Promise<T | undefined | false>,
): Promise<void> {
  const reached = await until(
    async () => {
      const value = await condition();
      if (value !== undefined && value !== false) return { dying: undefined };
      const dying = await dyingService(parts, signal);
      return dying === undefined ? undefined : { dying };
    },
    { what, deadlineMs, everyMs: 100, signal },
  );
  if (reached.dying !== undefined) throw keepsDying(parts, reached.dying);
}

async function dyingService(
  parts: Boot,
  signal: AbortSignal,
): Promise<{ place: string; report: ServiceReport } | undefined> {
  for (const place of [...NODES, "switch" as const]) {
    const reports = await parts.observer.services(place, signal);
    const report = reports.find((service) => service.failures >= DEATHS_MAX);
    if (report !== undefined) return { place, report };
  }
  return undefined;
}

function keepsDying(parts: Boot, { place, report }: { place: string; report: ServiceReport }): GamedayError {
  const file = report.name.startsWith("app/") ? report.name.replace("/", "-") : `${report.name}-${place}`;
  return new GamedayError({
    code: "lab-process-dies",
    expected: `${report.name} on ${place} to keep running`,
    got: `${report.failures} deaths, the last by ${report.lastEnd}; ${printed(`${parts.logFolder}/${file}.log`)}`,
    exitCode: ExitCode.notReady,
  });
}
