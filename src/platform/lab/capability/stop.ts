/**
 * stop: ends all processes of a member. With `stayDown` it stays down until it is reverted; without, the node's supervisor
 * restarts it as after any death, and reverting only makes sure of that.
 */
import type { Capability, Change } from "../../../platform.ts";
import type { Json } from "../../../std/json.ts";
import type { ServiceReport } from "../agent/protocol.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";
import { witness } from "./witness.ts";

export function stopCapability(lab: Lab): Capability<"stop"> {
  return {
    async prior(target, _parameters, signal) {
      const report = await lab.report(target, signal);
      return { pid: report?.pid ?? null, starts: report?.starts ?? 0 };
    },
    async apply(change, signal) {
      const agent = lab.agentOf(change.target);
      const service = lab.serviceOf(change.target);
      const asked = change.parameters.signal === "TERM";
      if (asked && comesBack(change)) await agent.signal(service, "SIGTERM", signal);
      else if (comesBack(change)) await agent.crash(service, signal);
      else if (asked) await agent.stop(service, lab.config.app.gracePeriod, signal);
      else await agent.kill(service, signal);
    },
    async bitten(change, signal) {
      const report = await lab.report(change.target, signal);
      return report !== undefined && isGone(change, report) ? witness(lab, change.target, says(change, report)) : null;
    },
    async revert(change, signal) {
      await lab.startAgain(change.target, signal);
    },
    async healed(change, signal) {
      const seen = await inPlace(lab, change.target, signal);
      return seen === null ? null : witness(lab, change.target, seen);
    },
  };
}

function comesBack(change: Change<"stop">): boolean {
  return change.parameters.stayDown === false;
}

function isGone(change: Change<"stop">, report: ServiceReport): boolean {
  if (comesBack(change)) return report.pid !== priorPid(change.prior);
  return report.phase === "held" && report.processes.length === 0;
}

function priorPid(prior: Json): Json {
  return (prior as { pid?: Json } | null)?.pid ?? null;
}

function says(change: Change<"stop">, report: ServiceReport): string {
  const was = `pid ${priorPid(change.prior)} was ended (${report.lastEnd})`;
  return comesBack(change) ? was : `${was}; no process of ${report.name} is left`;
}
