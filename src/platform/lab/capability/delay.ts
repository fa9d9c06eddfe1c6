/**
 * delay: a node's cable is taken out of the switch and led through a relay that forwards every frame later. The relay runs in
 * user space because the kernels that the lab runs on may lack netem; it is a service of the switch, and dies with the lab.
 */
import type { Capability, Change } from "../../../platform.ts";
import { until } from "../../../std/wait.ts";
import { cableOf, FOLDER, type NodeName, PATH, SWITCH_ADDRESS } from "../addresses.ts";
import type { ServiceSpec } from "../agent/protocol.ts";
import type { Lab } from "../lab-parts.ts";
import { hasPeers, peersOf, tableOf } from "./cut.ts";
import { inPlace } from "./place.ts";
import { demandNode } from "./power.ts";
import { roundTrip } from "./round-trip.ts";
import { witness } from "./witness.ts";

const PYTHON = `${FOLDER.patroni}/bin/python3`;
const SCRIPTS = `${FOLDER.gameday}/lab`;
const IP_MS = 5_000;

export function delayCapability(lab: Lab): Capability<"delay"> {
  return {
    async prior(target, _parameters, signal) {
      const { meanMs } = await roundTrip(lab, demandNode(target.node), SWITCH_ADDRESS, signal);
      return { roundTripMs: meanMs };
    },
    apply: (change, signal) => leadThroughRelay(lab, demandNode(change.target.node), change, signal),
    async bitten(change, signal) {
      const node = demandNode(change.target.node);
      if (!(await cardIsThere(lab, change, signal))) return null;
      const says = hasPeers(change)
        ? await lateToPeersOnly(lab, node, change, signal)
        : await late(lab, change, SWITCH_ADDRESS, signal);
      return says === null ? null : witness(lab, change.target, says);
    },
    revert: (change, signal) => leadBack(lab, demandNode(change.target.node), change, signal),
    async healed(change, signal) {
      const node = demandNode(change.target.node);
      if (await cardIsThere(lab, change, signal)) return null;
      const seen = await inPlace(lab, { id: `node/${node}`, role: "node", node }, signal);
      if (seen === null) return null;
      const { meanMs } = await roundTrip(lab, node, SWITCH_ADDRESS, signal);
      return witness(lab, change.target, `a connection to the switch takes ${meanMs.toFixed(1)} ms; ${seen}`);
    },
  };
}

/** Returns the names of the relay's own pair of network cards: the first is its end, the second is plugged into the switch. */
function cardsOf(change: Change<"delay">): { near: string; far: string } {
  const name = `gd${tableOf(change).slice(-8)}`;
  return { near: `${name}a`, far: `${name}b` };
}

async function leadThroughRelay(lab: Lab, node: NodeName, change: Change<"delay">, signal: AbortSignal): Promise<void> {
  const { near, far } = cardsOf(change);
  const ip = (...argv: string[]) => lab.space.switch.run(["ip", "link", ...argv], signal);
  await ip("add", near, "type", "veth", "peer", "name", far);
  // Frames must be complete: a checksum that was left for another card to fill in would be wrong after the relay.
  await lab.space.switch.run([PYTHON, `${SCRIPTS}/offload.py`, far, "off"], signal);
  await lab.space.nodes[node].run([PYTHON, `${SCRIPTS}/offload.py`, "eth0", "off"], signal);
  await ip("set", near, "up");
  await lab.space.switch.start(relayService(node, change), signal);
  await until(() => isCarrying(lab, change, signal), { what: "the relay to carry", deadlineMs: 5_000, signal });
  await ip("set", cableOf(node), "nomaster");
  await ip("set", far, "master", "br0", "up");
}

function relayService(node: NodeName, change: Change<"delay">): ServiceSpec {
  const { latencyMs, jitterMs } = change.parameters;
  const times = [String(latencyMs), String(jitterMs)];
  const peers = hasPeers(change) ? peersOf(change) : [];
  return {
    name: serviceOf(change),
    argv: [PYTHON, `${SCRIPTS}/relay.py`, cableOf(node), cardsOf(change).near, ...times, ...peers],
    env: { PATH, LANG: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" },
    cwd: "/",
    uid: 0,
    gid: 0,
    log: `${FOLDER.log}/relay-${node}.log`,
    restart: { minMs: 100, maxMs: 1_000 },
    ownsUser: false,
  };
}

/**
 * Puts the cable back into the switch. The relay ends first: together they would carry frames in a circle. Each step is harmless
 * when there is nothing to undo.
 */
async function leadBack(lab: Lab, node: NodeName, change: Change<"delay">, signal: AbortSignal): Promise<void> {
  const tryIp = (...argv: string[]) =>
    lab.space.switch.tryRun({ argv: ["ip", "link", ...argv], deadlineMs: IP_MS }, signal);
  const known = (await lab.space.switch.list(signal)).some((report) => report.name === serviceOf(change));
  if (known) await lab.space.switch.kill(serviceOf(change), signal);
  if (!(await cardIsThere(lab, change, signal))) return;
  await tryIp("set", cableOf(node), "master", "br0");
  await tryIp("del", cardsOf(change).far);
  if (lab.space.isOn(node)) await lab.space.nodes[node].run([PYTHON, `${SCRIPTS}/offload.py`, "eth0", "on"], signal);
  if (await cardIsThere(lab, change, signal)) throw new Error(`network card ${cardsOf(change).far} is still there`);
}

function serviceOf(change: Change<"delay">): string {
  return `relay/${tableOf(change)}`;
}

async function cardIsThere(lab: Lab, change: Change<"delay">, signal: AbortSignal): Promise<boolean> {
  const argv = ["ip", "link", "show", cardsOf(change).far];
  return (await lab.space.switch.tryRun({ argv, deadlineMs: IP_MS }, signal)).code === 0;
}

/**
 * Returns whether the relay carries frames: it opens its own card last, and a card that a program captures from is promiscuous.
 */
async function isCarrying(lab: Lab, change: Change<"delay">, signal: AbortSignal): Promise<boolean> {
  const seen = await lab.space.switch.run(["ip", "-d", "link", "show", cardsOf(change).near], signal);
  return /promiscuity [1-9]/.test(seen);
}

/**
 * Describes a connection that is late; null when it is not. Each direction is delayed, and half of the total is far above an
 * undelayed round trip, jitter included.
 */
async function late(lab: Lab, change: Change<"delay">, address: string, signal: AbortSignal) {
  const { meanMs } = await roundTrip(lab, demandNode(change.target.node), address, signal);
  const to = address === SWITCH_ADDRESS ? "the switch" : address;
  return meanMs < change.parameters.latencyMs ? null : `a connection to ${to} takes ${meanMs.toFixed(1)} ms`;
}

/**
 * Describes the delay to the peers; null when it is not seen. It also checks addresses that are not peers: a delay that affects
 * them too is not the requested one.
 */
async function lateToPeersOnly(
  lab: Lab,
  node: NodeName,
  change: Change<"delay">,
  signal: AbortSignal,
): Promise<string | null> {
  const peers = peersOf(change);
  const everybody = peersOf({ target: change.target, parameters: { peers: [] } });
  const seen = await Promise.all(peers.map((address) => late(lab, change, address, signal)));
  if (seen.includes(null)) return null;
  for (const address of everybody.filter((one) => !peers.includes(one))) {
    const { leastMs } = await roundTrip(lab, node, address, signal);
    if (leastMs >= change.parameters.latencyMs) return null;
    seen.push(`one to ${address}, no peer, ${leastMs.toFixed(1)} ms`);
  }
  return seen.join("; ");
}
