/** All kinds of fault, in the order of the documentation. To add a kind, add a file in kind/ and a line here. */
import type { FaultKind } from "../fault.ts";
import { ExitCode, GamedayError, type Place } from "../std/errors.ts";
import { suggestion } from "../std/suggest.ts";
import { bandwidth } from "./kind/bandwidth.ts";
import { clockSkew } from "./kind/clock-skew.ts";
import { command } from "./kind/command.ts";
import { connectionReset } from "./kind/connection-reset.ts";
import { cpuPressure } from "./kind/cpu-pressure.ts";
import { diskFull } from "./kind/disk-full.ts";
import { dnsFailure } from "./kind/dns-failure.ts";
import { drainNode } from "./kind/drain-node.ts";
import { freeze } from "./kind/freeze.ts";
import { isolateLeader } from "./kind/isolate-leader.ts";
import { jitter } from "./kind/jitter.ts";
import { killLeader } from "./kind/kill-leader.ts";
import { killMember } from "./kind/kill-member.ts";
import { killProxy } from "./kind/kill-proxy.ts";
import { killReplicas } from "./kind/kill-replicas.ts";
import { latency } from "./kind/latency.ts";
import { memoryPressure } from "./kind/memory-pressure.ts";
import { packetLoss } from "./kind/packet-loss.ts";
import { partitionNode } from "./kind/partition-node.ts";
import { partitionOneWay } from "./kind/partition-one-way.ts";
import { partitionSides } from "./kind/partition-sides.ts";
import { powerOffNode } from "./kind/power-off-node.ts";
import { repeatedKills } from "./kind/repeated-kills.ts";
import { rollingRestart } from "./kind/rolling-restart.ts";
import { slowApp } from "./kind/slow-app.ts";

export const FAULTS: readonly FaultKind[] = [
  killLeader,
  killMember,
  killReplicas,
  killProxy,
  rollingRestart,
  repeatedKills,
  drainNode,
  powerOffNode,
  freeze,
  partitionNode,
  partitionOneWay,
  partitionSides,
  isolateLeader,
  latency,
  jitter,
  packetLoss,
  bandwidth,
  connectionReset,
  dnsFailure,
  cpuPressure,
  slowApp,
  memoryPressure,
  diskFull,
  clockSkew,
  command,
];

/** Returns the kind of this name; throws GamedayError, with the nearest name as a hint, if no kind has it. */
export function faultNamed(name: string, place?: Place): FaultKind {
  const found = FAULTS.find((kind) => kind.name === name);
  if (found !== undefined) return found;
  throw new GamedayError({
    code: "fault-unknown",
    expected: "the name of a fault",
    got: `"${name}"`,
    hint: suggestion(
      name,
      FAULTS.map((kind) => kind.name),
    ),
    exitCode: ExitCode.usage,
    ...(place === undefined ? {} : { place }),
  });
}
