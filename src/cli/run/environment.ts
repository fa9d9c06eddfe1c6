import { arch, availableParallelism, platform, release, totalmem } from "node:os";
import type { Clock } from "../../std/clock.ts";
import type { Json } from "../../std/json.ts";

/**
 * Returns the properties of the machine that may explain a figure, and nothing that identifies a person or a path. With the
 * origin of the run's clock, stamps that another tool took from this machine's CLOCK_MONOTONIC can be compared with the
 * evidence.
 */
export function environmentRecord(clock: Clock): Record<string, Json> {
  return {
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    platform: platform(),
    kernel: release(),
    arch: arch(),
    node: process.version,
    monotonicOriginNs: clock.originNs,
  };
}
