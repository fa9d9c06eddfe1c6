import { faultContract } from "./fault.ts";
import { MemoryPlatform } from "./memory-platform.ts";

faultContract("a platform in memory", {
  open: async () => {
    const platform = new MemoryPlatform();
    for (const name of ["evict", "restart"]) platform.mends.add(name);
    platform.stopMends = true;
    return platform;
  },
  skips: {},
  given: {
    "rolling-restart": { with: { pause: "1ms" } },
    "repeated-kills": { with: { down: "1ms", pause: "1ms" } },
    command: { with: { inject: ["true"], verify: ["true"], heal: ["true"] } },
  },
  deadlines: { stepMs: 1_000, biteMs: 1_000, healMs: 1_000 },
  healthyWithinMs: 1_000,
  holdMs: 0,
});
