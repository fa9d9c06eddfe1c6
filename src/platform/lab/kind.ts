/** The catalogue entry for the lab. */
import type { Plan } from "../../plan.ts";
import type { Target } from "../../platform.ts";
import type { GivenCommand, Noticing, PlatformKind } from "../kind.ts";
import { FOLDER, NODES, PATH } from "./addresses.ts";
import { layOutSlots, spread } from "./app.ts";
import { openLab, reachLab } from "./attach.ts";
import { LAB_CAPABILITIES } from "./capability/all.ts";
import { labConfig, resolvedLabConfig } from "./config.ts";
import {
  etcdService,
  haproxyService,
  patroniService,
  redisService,
  replicaService,
  type ServiceUsers,
  sentinelService,
} from "./services.ts";

export const labKind: PlatformKind = {
  name: "lab",
  schema: labConfig,
  capabilities: LAB_CAPABILITIES,
  exclusive: true,
  tells: ["restarts", "replicas"],
  inside: true,
  create: (config, { runId, clock, planFolder, logFolder }) =>
    openLab(config, { runId, clock, logFolder, folder: planFolder }),
  attach: (_config, { clock }) => reachLab(clock),
  plannedTopology,
  plannedCommands,
  givenCommands,
  noticedAfter,
};

const NOBODY = { uid: 65_534, gid: 65_534 };
const USERS: ServiceUsers = { postgres: NOBODY, redis: NOBODY, haproxy: NOBODY, etcd: NOBODY, app: NOBODY };

/** Returns the targets as after a fresh start, except for PostgreSQL's leader, which Patroni elects: n1 stands for it. */
export function plannedTopology(config: Plan["platform"]): Target[] {
  const { app, etcd } = resolvedLabConfig.parse(config);
  const slots = spread(layOutSlots(resolvedLabConfig.parse(config)), new Set(), new Set(NODES), app.replicas);
  const onNodes = (role: string, led: boolean) => NODES.map((node) => planned(role, node, node, led && node === "n1"));
  return [
    ...slots.map((slot) => planned("app", slot.node, slot.name)),
    ...onNodes("postgres", true),
    ...onNodes("redis", true),
    ...onNodes("sentinel", false),
    planned("haproxy", "switch", "switch"),
    ...(etcd === 1 ? [planned("etcd", "switch", "switch")] : onNodes("etcd", false)),
    ...onNodes("node", false),
  ];
}

function noticedAfter(config: Plan["platform"]): Record<string, Noticing> {
  const { postgres, redis } = resolvedLabConfig.parse(config);
  return {
    postgres: { afterMs: postgres.ttl, says: "Patroni's ttl, the leader's lease" },
    redis: { afterMs: redis.downAfter, says: "the Sentinels' downAfter" },
  };
}

/** Returns the commands that run inside the lab's namespaces, one of each kind. */
function plannedCommands(given: Plan["platform"]): (readonly string[])[] {
  const config = resolvedLabConfig.parse(given);
  const [slot] = layOutSlots(config);
  return [
    etcdService(config, config.etcd === 1 ? "switch" : "n1", USERS),
    redisService("n1", USERS),
    sentinelService("n1", USERS),
    patroniService("n1", USERS),
    haproxyService(USERS),
    ...(config.app.prepare === null || slot === undefined
      ? []
      : [{ ...replicaService(config, slot, USERS), argv: config.app.prepare }]),
    ...(slot === undefined ? [] : [replicaService(config, slot, USERS)]),
  ].map((spec) => spec.argv);
}

/**
 * Returns the plan's own commands. They run in the app's folder, which is /srv/app inside the lab, with the lab's PATH; its node
 * is the Node that runs this process.
 */
function givenCommands(given: Plan["platform"]): GivenCommand[] {
  const { command, prepare, directory: folder } = resolvedLabConfig.parse(given).app;
  const outside = (argv: readonly string[]) =>
    argv.map((word, index) => {
      if (index === 0 && (word === "node" || word === FOLDER.node)) return process.execPath;
      return word.startsWith(`${FOLDER.app}/`) ? `./${word.slice(FOLDER.app.length + 1)}` : word;
    });
  return [
    { at: ["app", "command"], argv: outside(command), folder, path: PATH },
    ...(prepare === null ? [] : [{ at: ["app", "prepare"], argv: outside(prepare), folder, path: PATH }]),
  ];
}

function planned(role: string, node: string, name: string, leader = false): Target {
  return { id: `${role}/${name}`, role, node, leader, healthy: true, labels: {} };
}
