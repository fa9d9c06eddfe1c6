/** The capabilities of a platform on Kubernetes. The missing ones cannot be carried out through the API. */
import type { Capability, CapabilityName } from "../../../platform.ts";
import { commandCapability } from "../../command.ts";
import { undoneThroughOutage } from "../outage.ts";
import type { Parts } from "../parts.ts";
import { announced } from "./announce.ts";
import { cordonCapability } from "./cordon.ts";
import { cpuCapability } from "./cpu.ts";
import { type EvictNotes, evictCapability } from "./evict.ts";
import { freezeCapability } from "./freeze.ts";
import { memoryCapability } from "./memory.ts";
import { bandwidthCapability, cutCapability, dnsCapability, dropCapability, resetCapability } from "./network.ts";
import { powerCapability } from "./node-command.ts";
import { restartCapability } from "./restart.ts";
import { stopCapability } from "./stop.ts";

export const KUBERNETES_CAPABILITIES = [
  "stop",
  "freeze",
  "power",
  "cordon",
  "evict",
  "cut",
  "drop",
  "bandwidth",
  "reset",
  "dns",
  "cpu",
  "memory",
  "restart",
  "command",
] as const satisfies readonly CapabilityName[];

/** What a run's timeline is told besides the stamps of its faults. */
export interface FaultNotes extends EvictNotes {
  /** Called when the owners of a target could not be told what is done to it. */
  onSilence(because: string): void;
}

export function capabilitiesOf(
  parts: Parts,
  notes: FaultNotes,
): { readonly [Name in (typeof KUBERNETES_CAPABILITIES)[number]]: Capability<Name> } {
  const ours = <N extends CapabilityName>(capability: Capability<N>) =>
    announced(parts, undoneThroughOutage(capability), (because) => notes.onSilence(because));
  return {
    stop: ours(stopCapability(parts)),
    cordon: ours(cordonCapability(parts)),
    evict: ours(evictCapability(parts, notes)),
    cut: ours(cutCapability(parts)),
    drop: ours(dropCapability(parts)),
    bandwidth: ours(bandwidthCapability(parts)),
    reset: ours(resetCapability(parts)),
    dns: ours(dnsCapability(parts)),
    cpu: ours(cpuCapability(parts)),
    memory: ours(memoryCapability(parts)),
    freeze: ours(freezeCapability(parts)),
    power: ours(powerCapability(parts)),
    restart: ours(restartCapability(parts)),
    command: commandCapability(parts.clock),
  };
}
