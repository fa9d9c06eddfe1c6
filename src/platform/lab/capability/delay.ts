/**
 * delay: a node's cable is taken out of the switch and led through a relay that hands every frame on later. A relay in user
 * space, because the kernels that the lab meets may lack netem; the relay is a service of the switch, and dies with the lab.
 */
import type { Capability, Change } from "../../../platform.ts";
import { ExitCode, GamedayError } from "../../../std/errors.ts";
import { until } from "../../../std/wait.ts";
import { cableOf, FOLDER, type NodeName, PATH, PORT, SWITCH_ADDRESS } from "../addresses.ts";
import type { ServiceSpec } from "../agent/protocol.ts";
import type { Lab } from "../lab-parts.ts";
import { tableOf } from "./cut.ts";
import { inPlace } from "./place.ts";
import { demandNode } from "./power.ts";
import { witness } from "./witness.ts";

const PYTHON = `${FOLDER.patroni}/bin/python3`;
const SCRIPTS = `${FOLDER.gameday}/lab`;
const DIALS = 5;
const IP_MS = 5_000;

export function delayCapability(lab: Lab): Capability {
  return {
    async prior(target, parameters, signal) {
      const peers = parameters["peers"];
      if (Array.isArray(peers) && peers.length > 0) throw onlyEverybody(peers.join(", "));
      return { roundTripMs: await roundTripMs(lab, demandNode(target.node), signal) };
    },
    apply: (change, signal) => leadThroughRelay(lab, demandNode(change.target.node), change, signal),
    async bitten(change, signal) {
      const node = demandNode(change.target.node);
      if (!(await cardIsThere(lab, change, signal))) return null;
      const measuredMs = await roundTripMs(lab, node, signal);
      // Each way is delayed; half of that is far above what an undelayed round trip takes, jitter included.
      if (measuredMs < Number(change.parameters["latencyMs"])) return null;
      return witness(lab, change.target, `a connection to the switch takes ${measuredMs.toFixed(1)} ms`);
    },
    revert: (change, signal) => leadBack(lab, demandNode(change.target.node), change, signal),
    async healed(change, signal) {
      const node = demandNode(change.target.node);
      if (await cardIsThere(lab, change, signal)) return null;
      const seen = await inPlace(lab, { id: `node/${node}`, role: "node", node }, signal);
      if (seen === null) return null;
      const measuredMs = await roundTripMs(lab, node, signal);
      return witness(lab, change.target, `a connection to the switch takes ${measuredMs.toFixed(1)} ms; ${seen}`);
    },
  };
}

/** The relay's own pair of cards: the first is its end, the second is plugged into the switch. */
function cardsOf(change: Change): { near: string; far: string } {
  const name = `gd${tableOf(change).slice(-8)}`;
  return { near: `${name}a`, far: `${name}b` };
}

async function leadThroughRelay(lab: Lab, node: NodeName, change: Change, signal: AbortSignal): Promise<void> {
  const { near, far } = cardsOf(change);
  const ip = (...argv: string[]) => lab.space.switch.run(["ip", "link", ...argv], signal);
  await ip("add", near, "type", "veth", "peer", "name", far);
  // A frame that another card was to complete would leave the relay with a wrong checksum.
  await lab.space.switch.run([PYTHON, `${SCRIPTS}/offload.py`, far, "off"], signal);
  await lab.space.nodes[node].run([PYTHON, `${SCRIPTS}/offload.py`, "eth0", "off"], signal);
  await ip("set", near, "up");
  await lab.space.switch.start(relayService(node, change), signal);
  await until(() => isCarrying(lab, change, signal), { what: "the relay to carry", deadlineMs: 5_000, signal });
  await ip("set", cableOf(node), "nomaster");
  await ip("set", far, "master", "br0", "up");
}

function relayService(node: NodeName, change: Change): ServiceSpec {
  const { latencyMs, jitterMs } = change.parameters;
  return {
    name: serviceOf(change),
    argv: [PYTHON, `${SCRIPTS}/relay.py`, cableOf(node), cardsOf(change).near, String(latencyMs), String(jitterMs)],
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
 * The relay ends before the cable is back in the switch: both at once would carry frames in a circle. Each step is harmless
 * where there is nothing.
 */
async function leadBack(lab: Lab, node: NodeName, change: Change, signal: AbortSignal): Promise<void> {
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

function serviceOf(change: Change): string {
  return `relay/${tableOf(change)}`;
}

async function cardIsThere(lab: Lab, change: Change, signal: AbortSignal): Promise<boolean> {
  const argv = ["ip", "link", "show", cardsOf(change).far];
  return (await lab.space.switch.tryRun({ argv, deadlineMs: IP_MS }, signal)).code === 0;
}

/** The relay listens to its own card last, and a card that is listened to is promiscuous. */
async function isCarrying(lab: Lab, change: Change, signal: AbortSignal): Promise<boolean> {
  const seen = await lab.space.switch.run(["ip", "-d", "link", "show", cardsOf(change).near], signal);
  return /promiscuity [1-9]/.test(seen);
}

/** Time that a connection from inside the node to HAProxy takes: one round trip. The mean of a few. */
async function roundTripMs(lab: Lab, node: NodeName, signal: AbortSignal): Promise<number> {
  let sumMs = 0;
  for (let dial = 0; dial < DIALS; dial++) {
    const from = lab.nowMs();
    (await lab.space.nodes[node].dial(SWITCH_ADDRESS, PORT.postgresLeader, signal, 10_000)).destroy();
    sumMs += lab.nowMs() - from;
  }
  return sumMs / DIALS;
}

function onlyEverybody(got: string): GamedayError {
  return new GamedayError({
    code: "lab-delay-peers",
    expected: "a delay towards everybody",
    got: `towards ${got} only`,
    exitCode: ExitCode.notReady,
  });
}
