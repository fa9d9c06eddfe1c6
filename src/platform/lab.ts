/**
 * The lab is the embedded platform: three nodes on one Linux machine, each a set of namespaces, with PostgreSQL under Patroni,
 * Redis with Sentinel, HAProxy and any HTTP app, all real. It boots in seconds and leaves nothing behind, even when the tool is
 * killed. A lab lives in the process that created it (createLab) or in a daemon of its own (labUp, attachLab).
 */
export { type AttachedLab, attachLab, openLab } from "./lab/attach.ts";
export { LAB_CAPABILITIES } from "./lab/capability/all.ts";
export { type LabConfig, labConfig } from "./lab/config.ts";
export { LabHost, type LabOptions, type LabPlatform } from "./lab/host.ts";
export { labKind } from "./lab/kind.ts";
export type { CpuLook, ReplicaCpu } from "./lab/replica-cpu.ts";
export { type LabStatus, labDown, labStatus, labUp } from "./lab/standing.ts";

import { LabHost, type LabOptions, type LabPlatform } from "./lab/host.ts";

/** Creates a lab from the plan's `platform:` section. prepare() boots it; disposing it shuts it down. */
export function createLab(config: unknown, options: LabOptions): LabPlatform {
  return new LabHost(config, options);
}
