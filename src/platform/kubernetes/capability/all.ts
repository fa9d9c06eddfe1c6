/** The capabilities of a platform on Kubernetes. The missing ones cannot be carried out through the API. */
import type { Capability, CapabilityName } from "../../../platform.ts";
import { commandCapability } from "../../command.ts";
import type { Parts } from "../parts.ts";
import { announced } from "./announce.ts";
import { cordonCapability } from "./cordon.ts";
import { type EvictNotes, evictCapability } from "./evict.ts";
import { freezeCapability } from "./freeze.ts";
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
  "restart",
  "command",
] as const satisfies readonly CapabilityName[];

export function capabilitiesOf(
  parts: Parts,
  notes: EvictNotes,
): { readonly [Name in (typeof KUBERNETES_CAPABILITIES)[number]]: Capability<Name> } {
  return {
    stop: announced(parts, stopCapability(parts)),
    cordon: announced(parts, cordonCapability(parts)),
    evict: announced(parts, evictCapability(parts, notes)),
    cut: announced(parts, cutCapability(parts)),
    drop: announced(parts, dropCapability(parts)),
    bandwidth: announced(parts, bandwidthCapability(parts)),
    reset: announced(parts, resetCapability(parts)),
    dns: announced(parts, dnsCapability(parts)),
    freeze: announced(parts, freezeCapability(parts)),
    power: announced(parts, powerCapability(parts)),
    restart: announced(parts, restartCapability(parts)),
    command: commandCapability(parts.clock),
  };
}
