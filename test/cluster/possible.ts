/** Whether this machine can run the test cluster. It imports nothing of Gameday, so that the runner of all tests can ask at once. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** Returns why the test cluster cannot run on this machine; null when it can. */
export function whyNoCluster(): string | null {
  if (process.getuid?.() !== 0) return "the test cluster needs root";
  if (!existsSync("/proc/mounts") || !/ cgroup \S*\bcpu\b/.test(readFileSync("/proc/mounts", "utf8")))
    return "the test cluster needs the hierarchies of cgroup v1, which this machine does not have";
  if (spawnSync("go", ["version"]).status !== 0)
    return "the test cluster needs Go to build Kubernetes, and there is none on the PATH";
  return null;
}
