/**
 * freeze: every process of a target is stopped where it stands, sockets open. By SIGSTOP rather than a cgroup's freezer: a
 * stopped process can still be killed, and nothing of it stays behind on the host.
 */
import type { Capability } from "../../../platform.ts";
import type { ServiceReport } from "../agent/protocol.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";
import { witness } from "./witness.ts";

/** A process may fork between the look and the signal: its child is found in the next round. */
const ROUNDS = 5;

export function freezeCapability(lab: Lab): Capability {
  return {
    async prior(target, _parameters, signal) {
      return { pid: (await lab.report(target, signal))?.pid ?? null };
    },
    async apply({ target }, signal) {
      for (let round = 0; round < ROUNDS; round++) {
        await lab.agentOf(target).signal(lab.serviceOf(target), "SIGSTOP", signal);
        const report = await lab.report(target, signal);
        if (report !== undefined && isFrozen(report)) return;
      }
    },
    async bitten({ target }, signal) {
      const report = await lab.report(target, signal);
      if (report === undefined || !isFrozen(report)) return null;
      return witness(lab, target, `all ${report.processes.length} processes of ${report.name} are stopped (state T)`);
    },
    async revert({ target }, signal) {
      if ((await lab.report(target, signal)) === undefined) return; // its node is off: nothing of it is frozen
      await lab.agentOf(target).signal(lab.serviceOf(target), "SIGCONT", signal);
    },
    async healed({ target }, signal) {
      const report = await lab.report(target, signal);
      if (report === undefined || report.processes.some((row) => row.state === "T")) return null;
      const seen = await inPlace(lab, target, signal);
      return seen === null ? null : witness(lab, target, `no process is stopped; ${seen}`);
    },
  };
}

function isFrozen(report: ServiceReport): boolean {
  return report.processes.length > 0 && report.processes.every((row) => row.state === "T");
}
