/**
 * freeze: every process of a target is stopped with its sockets open: by a control group of version 2 where there is one,
 * otherwise by SIGSTOP. Either way it can still be killed.
 */
import type { Capability } from "../../../platform.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";
import { witness } from "./witness.ts";

export function freezeCapability(lab: Lab): Capability<"freeze"> {
  return {
    async prior(target, _parameters, signal) {
      return { pid: (await lab.report(target, signal))?.pid ?? null };
    },
    async apply({ target }, signal) {
      await lab.agentOf(target).freeze(lab.serviceOf(target), signal);
    },
    async bitten({ target }, signal) {
      const report = await lab.report(target, signal);
      if (report === undefined || report.frozen === null) return null;
      return witness(lab, target, `all ${report.processes.length} processes of ${report.name} are ${report.frozen}`);
    },
    async revert({ target }, signal) {
      if ((await lab.report(target, signal)) === undefined) return; // its node is off, so nothing of it is frozen
      await lab.agentOf(target).thaw(lab.serviceOf(target), signal);
    },
    async healed({ target }, signal) {
      const report = await lab.report(target, signal);
      if (report === undefined || report.frozen !== null || report.processes.some((row) => row.state === "T"))
        return null;
      const seen = await inPlace(lab, target, signal);
      return seen === null ? null : witness(lab, target, `no process is stopped; ${seen}`);
    },
  };
}
