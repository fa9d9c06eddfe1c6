/**
 * power, and cut with how "link": what happens to a whole machine is done by commands of the plan (platform.nodeCommands), because no
 * API of Kubernetes turns a node off or takes its network card down. Nothing in the cluster undoes it when this process dies.
 */
import type { Capability, TargetReferenceWithNode } from "../../../platform.ts";
import { hasCode } from "../../../std/errors.ts";
import { tryExec } from "../../../std/exec.ts";
import type { Json } from "../../../std/json.ts";
import { healthOf } from "../health.ts";
import { addressesOf, isReady, type NodeObject, type PodObject } from "../objects.ts";
import { demandNode, lookAt, type Parts, refuse, witness } from "../parts.ts";
import { assertNodeMayBeHit } from "../safety.ts";
import { assertReplicasElsewhere } from "./spread.ts";

const DEADLINE_MS = 60_000;
const OUTPUT_CHARACTERS_MAX = 300;
/** A kubelet that does not answer the API server within this time does not answer. */
const KUBELET_MS = 2_500;

interface NodeCommands {
  /** The keys of platform.nodeCommands that do and undo it. */
  readonly off: "powerOff" | "cut";
  readonly on: "powerOn" | "uncut";
}

type Name = "power" | "cut";

export function powerCapability(parts: Parts): Capability<"power"> {
  return nodeCommandCapability<"power">(parts, { off: "powerOff", on: "powerOn" });
}

/** Returns the capability whose change is made and undone by commands of the plan, and proven through the API server. */
export function nodeCommandCapability<N extends Name>(parts: Parts, { off, on }: NodeCommands): Capability<N> {
  return {
    async prior(target, _parameters, signal) {
      const commands = parts.config.nodeCommands;
      if (commands?.[off] === undefined || commands[on] === undefined) throw noCommand(off, on);
      const node = await demandNode(parts, target.node, signal);
      assertNodeMayBeHit(parts.config, node);
      await assertReplicasElsewhere(parts, target.node, signal);
      assertEntryElsewhere(parts, node);
      return { folder: parts.planFolder }; // it may be undone from any working directory
    },
    apply: ({ target, prior }, signal) => run(parts, off, { target, prior }, signal),
    async bitten({ target }, signal) {
      const node = await demandNode(parts, target.node, signal);
      if (!isReady(node)) return witness(parts, `node ${target.node} is not Ready`, "the API");
      const says = await kubeletSilence(parts, target.node, signal);
      return says === null ? null : witness(parts, says, "the API server, which asked the node's kubelet");
    },
    revert: ({ target, prior }, signal) => run(parts, on, { target, prior }, signal),
    async healed({ target }, signal) {
      if (!isReady(await demandNode(parts, target.node, signal))) return null;
      if ((await kubeletSilence(parts, target.node, signal)) !== null) return null;
      const says = await wholeAgain(parts, target.node, signal);
      return says === null ? null : witness(parts, `node ${target.node} is Ready; ${says}`, "the API");
    },
  };
}

/** Throws GamedayError when users and probes come in through the very node that is hit, and no other entry could show that. */
function assertEntryElsewhere({ config }: Parts, node: NodeObject): void {
  const isOn = (url: string) => addressesOf(node).includes(new URL(url).hostname);
  if (!isOn(config.endpoint) || config.entries.some((url) => !isOn(url))) return;
  throw refuse(
    `an entry of users on another node than ${node.metadata.name}, which is hit`,
    `only ${config.endpoint}: its loss could not be told from that of the app`,
    "platform.entries: the app's address through another node",
  );
}

/**
 * The return of a node is a second fault: pods that were marked for deletion meanwhile are killed now and made anew. So it is healed
 * only when none of them is left and everybody is in place, under the uids of now.
 */
async function wholeAgain(parts: Parts, node: string, signal: AbortSignal): Promise<string | null> {
  const seen = await lookAt(parts, signal);
  const all = Object.values(seen.pods).flat();
  if (all.some(({ metadata }) => metadata.deletionTimestamp !== undefined)) return null;
  if (healthOf(seen, { ...parts.config, autoscaler: null }, null).some(({ ok }) => !ok)) return null;
  const here = all.filter(({ spec }) => spec?.nodeName === node);
  const names = here.map(({ metadata }) => `${metadata.name} (uid ${metadata.uid})`).join(", ");
  return `all ${all.length} pods are in their place${names === "" ? "" : `, on it ${names}`}`;
}

/** Returns in words that the API server cannot reach the node's kubelet; null while it can, or when no pod is there to ask for. */
async function kubeletSilence(parts: Parts, node: string, signal: AbortSignal): Promise<string | null> {
  const { pods } = await lookAt(parts, signal);
  const [pod] = Object.values(pods)
    .flat()
    .filter((one) => one.spec?.nodeName === node && one.status?.phase === "Running");
  if (pod === undefined) return null;
  const answers = await kubeletAnswers(parts, pod, signal);
  return answers ? null : `the kubelet of node ${node} does not answer for the log of pod ${pod.metadata.name}`;
}

/** A refusal is an answer; only silence, or the API server's report of it, is none. */
async function kubeletAnswers({ api, config }: Parts, pod: PodObject, signal: AbortSignal): Promise<boolean> {
  const container = pod.spec?.containers?.[0]?.name;
  const options = { lines: 1, ...(container === undefined ? {} : { container }) };
  const both = AbortSignal.any([signal, AbortSignal.timeout(KUBELET_MS)]);
  try {
    await api.logOf({ namespace: config.namespace, pod: pod.metadata.name }, options, both);
    return true;
  } catch (thrown) {
    signal.throwIfAborted();
    return hasCode(thrown, "kubernetes-forbidden", "kubernetes-not-found");
  }
}

async function run(
  { config, planFolder }: Parts,
  name: NodeCommands["off"] | NodeCommands["on"],
  { target, prior }: { readonly target: TargetReferenceWithNode; readonly prior: Json },
  signal: AbortSignal,
): Promise<void> {
  const given = config.nodeCommands?.[name] ?? [];
  const argv = given.map((word) => word.replaceAll("{node}", target.node));
  const folder = (prior as { folder?: string } | null)?.folder ?? planFolder;
  const result = await tryExec(argv, {
    signal,
    deadlineMs: DEADLINE_MS,
    cwd: folder,
    outputBytesMax: 64 << 10,
  });
  if (result.code === 0) return;
  const output = result.tail.trim().slice(-OUTPUT_CHARACTERS_MAX);
  throw refuse(
    `platform.nodeCommands.${name}, "${argv.join(" ")}", to exit 0`,
    `${result.signal ?? `exit ${result.code}`}${output === "" ? "" : `: ${output}`}`,
  );
}

function noCommand(off: string, on: string) {
  return refuse(
    `commands of the plan that do this to a node: platform.nodeCommands.${off} and .${on}`,
    "none: Kubernetes itself has no way to do it",
    `nodeCommands: { ${off}: [my-cloud, stop, "{node}"], ${on}: [my-cloud, start, "{node}"] }`,
  );
}
