/** All capabilities of the lab, one in each file. */
import type { Capabilities, Capability, CapabilityName } from "../../../platform.ts";
import { commandCapability } from "../../command.ts";
import type { Lab } from "../lab-parts.ts";
import { bandwidthCapability } from "./bandwidth.ts";
import { clockCapability } from "./clock.ts";
import { cordonCapability } from "./cordon.ts";
import { cpuCapability } from "./cpu.ts";
import { cutCapability } from "./cut.ts";
import { delayCapability } from "./delay.ts";
import { diskCapability } from "./disk.ts";
import { dnsCapability } from "./dns.ts";
import { dropCapability } from "./drop.ts";
import { evictCapability } from "./evict.ts";
import { freezeCapability } from "./freeze.ts";
import { memoryCapability } from "./memory.ts";
import { powerCapability } from "./power.ts";
import { resetCapability } from "./reset.ts";
import { restartCapability } from "./restart.ts";
import { stopCapability } from "./stop.ts";

const MAKERS = {
  stop: stopCapability,
  freeze: freezeCapability,
  power: powerCapability,
  cordon: cordonCapability,
  evict: evictCapability,
  cut: cutCapability,
  drop: dropCapability,
  bandwidth: bandwidthCapability,
  reset: resetCapability,
  cpu: cpuCapability,
  disk: diskCapability,
  restart: restartCapability,
  memory: memoryCapability,
  clock: clockCapability,
  dns: dnsCapability,
  command: commandCapability,
  delay: delayCapability,
} satisfies { readonly [Name in CapabilityName]?: (lab: Lab) => Capability<Name> };

/** The capabilities of the lab, known without a lab: for `gameday check`. */
export const LAB_CAPABILITIES = Object.keys(MAKERS) as readonly CapabilityName[];

export function labCapabilities(lab: Lab): Capabilities {
  return Object.fromEntries(Object.entries(MAKERS).map(([name, make]) => [name, make(lab)])) as Capabilities;
}
