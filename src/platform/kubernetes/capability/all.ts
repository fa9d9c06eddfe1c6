/** What can be done to a platform on Kubernetes. What is missing cannot be done through the API; capability/refused.ts says why. */
import type { Capability, CapabilityName } from "../../../platform.ts";
import { commandCapability } from "../../command.ts";
import type { Parts } from "../parts.ts";
import { cordonCapability } from "./cordon.ts";
import { cutCapability } from "./cut.ts";
import { type EvictNotes, evictCapability } from "./evict.ts";
import { restartCapability } from "./restart.ts";
import { stopCapability } from "./stop.ts";

export const KUBERNETES_CAPABILITIES = [
  "stop",
  "cordon",
  "evict",
  "cut",
  "restart",
  "command",
] as const satisfies readonly CapabilityName[];

export function capabilitiesOf(
  parts: Parts,
  notes: EvictNotes,
): Record<(typeof KUBERNETES_CAPABILITIES)[number], Capability> {
  return {
    stop: stopCapability(parts),
    cordon: cordonCapability(parts),
    evict: evictCapability(parts, notes),
    cut: cutCapability(parts),
    restart: restartCapability(parts),
    command: commandCapability(parts.clock),
  };
}
