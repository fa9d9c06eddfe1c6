/** The experiments of a sensible first game day on what was found. Pure. */
import type { Findings } from "../../platform/kubernetes/discover/findings.ts";
import { selects, templateLabels } from "../../platform/kubernetes/discover/recorded.ts";
import { isControlPlane, isPresent, isReady, type NodeObject } from "../../platform/kubernetes/objects.ts";
import { scalar } from "./yaml-lines.ts";

/** One experiment of the plan, as lines without indentation. */
export interface Sketch {
  readonly id: string;
  readonly name: string;
  readonly lines: readonly string[];
  readonly because: readonly string[];
  readonly asked: readonly string[];
  /** Whether it is only suggested, in comments. */
  readonly off: boolean;
  /** A guess at how long users may wait. */
  readonly underSeconds: number;
}

/** `hasLogin`: whether the plan has a login, by which a run asks PostgreSQL who leads where Patroni cannot be asked. */
export function experimentsOf(findings: Findings, hasLogin: boolean): Sketch[] {
  const { postgres, redis } = findings;
  const known = hasLogin || postgres?.store.operator.leader === "patroni";
  return [
    ...(postgres === null ? [] : [databaseDies(known)]),
    ...(redis === null ? [] : [redisDies()]),
    replicasDie(findings),
    nodeDrained(findings),
    ...(postgres === null ? [] : [nodeCutOff(known)]),
  ];
}

function databaseDies(known: boolean): Sketch {
  if (known)
    return sketch("database", {
      name: "the database leader dies",
      fault: "kill-leader",
      target: "{ role: postgres }",
      hold: "30s",
    });
  const because =
    "Without a login a run cannot determine the leader, so this kills any member, which may be the leader.";
  return sketch("database", {
    name: "a member of the database dies",
    fault: "kill-member",
    target: "{ role: postgres, count: 1 }",
    hold: "30s",
    because: [because],
  });
}

function redisDies(): Sketch {
  return sketch("redis", {
    name: "the Redis master dies",
    fault: "kill-leader",
    target: "{ role: redis }",
    hold: "20s",
  });
}

/** Leaves at least one replica alive wherever there are two. */
function replicasDie({ app, autoscaler }: Findings): Sketch {
  const replicas = autoscaler?.spec?.minReplicas ?? app.deployment.spec?.replicas ?? 1;
  const count = replicas >= 3 ? 2 : 1;
  const name = count === 2 ? "two replicas die" : "a replica dies";
  const because = replicas < 2 ? ["There is only one replica, so users lose the app until it is back."] : [];
  return sketch("replicas", {
    name,
    fault: "kill-replicas",
    target: `{ role: app, count: ${count} }`,
    hold: "20s",
    because,
  });
}

function nodeDrained(findings: Findings): Sketch {
  const node = nodeToDrain(findings);
  const entry = findings.endpoint.node;
  if (node === null)
    return sketch("drain", {
      name: "a node is drained",
      fault: "drain-node",
      target: "{ role: node, count: 1 }",
      hold: "20s",
      asked: ["No worker was found that can be drained and is not the entry. Which node may be drained?"],
      off: true,
      underSeconds: 120,
    });
  const spared = entry === null ? "" : `, and the entry is ${entry}`;
  const because = [`${node.metadata.name} is a worker that runs pods of the app${spared}.`];
  const target = `{ role: node, name: ${scalar(`node/${node.metadata.name}`)} }`;
  return sketch("drain", {
    name: "a node is drained",
    fault: "drain-node",
    target,
    hold: "20s",
    because,
    underSeconds: 120,
  });
}

function nodeCutOff(known: boolean): Sketch {
  const target = known ? "{ role: postgres, leader: true }" : "{ role: node, count: 1 }";
  const name = known ? "the database leader's node is cut off" : "a node is cut off";
  return sketch("partition", {
    name,
    fault: "partition-node",
    target,
    hold: "30s",
    because: ["This cut needs platform.image. It also affects the entry if that is on the same node."],
    off: true,
  });
}

/** Returns a ready worker other than the entry, the one with the most pods of the app; null when there is none. */
function nodeToDrain({ recorded: { nodes, pods }, app, endpoint }: Findings): NodeObject | null {
  const labels = templateLabels(app.deployment);
  const served = (node: NodeObject) =>
    pods.filter(
      (pod) => isPresent(pod) && pod.spec?.nodeName === node.metadata.name && selects(labels, pod.metadata.labels),
    ).length;
  const workers = (nodes ?? []).filter(
    (node) => isReady(node) && !isControlPlane(node) && node.metadata.name !== endpoint.node && served(node) > 0,
  );
  return workers.toSorted((a, b) => served(b) - served(a))[0] ?? null;
}

/** What an experiment states in the plan, with what is written about it. */
type Drawn = Partial<Pick<Sketch, "because" | "asked" | "off" | "underSeconds">> & {
  readonly name: string;
  readonly fault: string;
  readonly target: string;
  readonly hold: string;
};

function sketch(id: string, { name, fault, target, ...more }: Drawn): Sketch {
  const { hold, because = [], asked = [], off = false, underSeconds = 60 } = more;
  const lines = [`name: ${scalar(name)}`, `fault: ${fault}`, `target: ${target}`, `hold: ${hold}`, "settle: 10s"];
  return { id, name, lines, because, asked, off, underSeconds };
}
