/**
 * stop: SIGKILL to all processes of a member, which then stays down until it is reverted. With `restart: true` the node's
 * supervisor brings it back as after any death, and there is nothing to revert.
 */
import type { Capability, Change, Target, Witness } from "../../../platform.ts";
import type { Json } from "../../../std/json.ts";
import type { ServiceReport } from "../agent/protocol.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";

export function stopCapability(lab: Lab): Capability {
  return {
    async prior(target, _parameters, signal) {
      const report = await lab.report(target, signal);
      return { pid: report?.pid ?? null, starts: report?.starts ?? 0 };
    },
    async apply(change, signal) {
      const agent = lab.agentOf(change.target);
      if (comesBack(change)) await agent.crash(lab.serviceOf(change.target), signal);
      else await agent.kill(lab.serviceOf(change.target), signal);
    },
    async bitten(change, signal) {
      const report = await lab.report(change.target, signal);
      return report !== undefined && isGone(change, report) ? witness(lab, change.target, says(change, report)) : null;
    },
    async revert(change, signal) {
      if (!comesBack(change)) await lab.startAgain(change.target, signal);
    },
    async healed(change, signal) {
      const seen = await inPlace(lab, change.target, signal);
      return seen === null ? null : witness(lab, change.target, seen);
    },
  };
}

function comesBack(change: Change): boolean {
  return change.parameters.restart === true;
}

function isGone(change: Change, report: ServiceReport): boolean {
  if (comesBack(change)) return report.pid !== priorPid(change.prior);
  return report.phase === "held" && report.processes.length === 0;
}

function priorPid(prior: Json): Json {
  return (prior as { pid?: Json } | null)?.pid ?? null;
}

function says(change: Change, report: ServiceReport): string {
  const was = `pid ${priorPid(change.prior)} was ended (${report.lastEnd})`;
  return comesBack(change) ? was : `${was}; no process of ${report.name} is left`;
}

function witness(lab: Lab, target: Pick<Target, "node">, says: string): Witness {
  return { atMs: lab.nowMs(), says, source: `inside ${target.node}` };
}
