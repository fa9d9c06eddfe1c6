/** The capabilities of a platform on Kubernetes. The missing ones cannot be carried out through the API. */
import type { Capability, CapabilityName } from "../../../platform.ts";
import { commandCapability } from "../../command.ts";
import type { Parts } from "../parts.ts";
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
    stop: stopCapability(parts),
    cordon: cordonCapability(parts),
    evict: evictCapability(parts, notes),
    cut: cutCapability(parts),
    drop: dropCapability(parts),
    bandwidth: bandwidthCapability(parts),
    reset: resetCapability(parts),
    dns: dnsCapability(parts),
    freeze: freezeCapability(parts),
    power: powerCapability(parts),
    restart: restartCapability(parts),
    command: commandCapability(parts.clock),
  };
}
