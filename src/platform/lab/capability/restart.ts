/** restart: a target is ended gracefully (SIGTERM, a grace period, SIGKILL) and started again. */
import type { Capability, Change } from "../../../platform.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";
import { witness } from "./witness.ts";

export function restartCapability(lab: Lab): Capability<"restart"> {
  return {
    async prior(target, _parameters, signal) {
      return { pid: (await lab.report(target, signal))?.pid ?? null };
    },
    async apply({ target, parameters }, signal) {
      await lab.agentOf(target).stop(lab.serviceOf(target), parameters.graceMs, signal);
      await lab.startAgain(target, signal);
    },
    async bitten(change, signal) {
      const now = (await lab.report(change.target, signal))?.pid;
      const before = pidBefore(change);
      if (now === undefined || now === null || now === before) return null;
      return witness(lab, change.target, `pid ${before} has ended, pid ${now} runs`);
    },
    async revert({ target }, signal) {
      await lab.startAgain(target, signal);
    },
    async healed({ target }, signal) {
      const seen = await inPlace(lab, target, signal);
      return seen === null ? null : witness(lab, target, seen);
    },
  };
}

function pidBefore(change: Change): number | null {
  return (change.prior as { pid?: number } | null)?.pid ?? null;
}
