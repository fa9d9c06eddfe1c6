/** Every capability of the lab, one a file. */
import type { Capability, CapabilityName } from "../../../platform.ts";
import type { Lab } from "../lab-parts.ts";
import { stopCapability } from "./stop.ts";

export function labCapabilities(lab: Lab): Partial<Record<CapabilityName, Capability>> {
  return {
    stop: stopCapability(lab),
  };
}

/** What the lab can do, known without a lab: for `gameday check`. */
export const LAB_CAPABILITIES: readonly CapabilityName[] = ["stop"];
