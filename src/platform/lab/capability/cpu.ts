/**
 * cpu: a target runs only for a share of the time, because its node's agent stops and continues its processes in turns. A cgroup
 * quota would be finer, but its folder would stay on the host if the tool were killed. On a node, this applies to every service.
 */
import type { Capability, Change } from "../../../platform.ts";
import type { ServiceReport } from "../agent/protocol.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";
import { demandNode } from "./power.ts";
import { witness } from "./witness.ts";

const PERIOD_MS = 100;

export function cpuCapability(lab: Lab): Capability<"cpu"> {
  const reports = async ({ target }: Pick<Change, "target">, signal: AbortSignal) => {
    const all = await lab.observer.services(demandNode(target.node), signal);
    return all.filter((report) => target.role === "node" || report.name === lab.serviceOf(target));
  };
  const throttle = async (
    change: Change<"cpu">,
    share: { runMs: number; periodMs: number } | null,
    signal: AbortSignal,
  ) => {
    for (const { name } of await reports(change, signal))
      await lab.agentOf(change.target).throttle(name, share, signal);
  };
  return {
    async prior() {
      return null;
    },
    apply: (change, signal) => throttle(change, { runMs: runMs(change), periodMs: PERIOD_MS }, signal),
    async bitten(change, signal) {
      const seen = await reports(change, signal);
      if (seen.length === 0 || !seen.every((report) => report.throttled)) return null;
      if (!seen.some(isStopped)) return null; // between two turns: the next check may see a stopped process
      const names = seen.map((report) => report.name).join(", ");
      return witness(lab, change.target, `${names} run ${runMs(change)} ms of each ${PERIOD_MS} ms (seen in state T)`);
    },
    revert: (change, signal) => throttle(change, null, signal),
    async healed(change, signal) {
      const seen = await reports(change, signal);
      if (seen.some((report) => report.throttled || isStopped(report))) return null;
      const place = await inPlace(lab, change.target, signal);
      return place === null ? null : witness(lab, change.target, `nothing is throttled; ${place}`);
    },
  };
}

/** Returns the milliseconds of each period in which the target runs; at least 1, so that it never becomes a freeze. */
function runMs(change: Change<"cpu">): number {
  return Math.max(1, Math.round((change.parameters.leavePercent / 100) * PERIOD_MS));
}

function isStopped(report: ServiceReport): boolean {
  return report.processes.some((row) => row.state === "T");
}
