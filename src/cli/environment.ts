import { arch, availableParallelism, platform, release, totalmem } from "node:os";
import type { Json } from "../std/json.ts";

/** The machine, as far as it explains a figure; nothing that names a person or a path. */
export function environmentRecord(): Record<string, Json> {
  return {
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    platform: platform(),
    kernel: release(),
    arch: arch(),
    node: process.version,
  };
}
