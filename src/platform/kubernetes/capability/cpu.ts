/** cpu: our process uses up the pod's CPU limit but for what the change leaves. */
import type { Capability } from "../../../platform.ts";
import type { Parts } from "../parts.ts";
import { type PressureKind, pressedPods, pressureCapability } from "./pressure.ts";

/** What is left must be less than this share of what was taken, or the target has not lost anything worth the name. */
const TAKEN_SHARE_MIN = 0.5;
const SECONDS_MIN = 1;
/** Clock ticks in a second, as /proc reports them on every architecture that Linux runs containers on: USER_HZ. */
const TICKS = 100;

const CPU: PressureKind<"cpu"> = {
  resource: "cpu",
  async portion(_parts, { limit, parameters }) {
    const milli = Math.round(limit * 1000);
    const leave = Math.max(1, Math.round(parameters.leavePercent * 10));
    if (leave >= milli) return `its limit of ${milli}m is no more than the ${leave}m that are to be left`;
    const take = milli - leave;
    return { limit: milli, take, says: `${take}m of the pod's limit of ${milli}m` };
  },
  // The uptime is the machine's own, and needs no process.
  files: "/proc/uptime stat",
  proof(text, portion) {
    const used = usedMilli(text);
    const says = `${portion.pod}: our process has used ${used ?? 0}m of the pod's limit of ${portion.limit}m, wanted ${portion.take}m`;
    return { isEnough: used !== null && used >= portion.take * TAKEN_SHARE_MIN, says };
  },
};

export function cpuCapability(parts: Parts): Capability<"cpu"> {
  const pressure = pressureCapability(parts, CPU);
  const { clock, ownStress } = parts;
  return {
    ...pressure,
    apply(change, signal) {
      ownStress.began(change.id, pressedPods(change));
      return pressure.apply(change, signal);
    },
    async revert(change, signal) {
      await pressure.revert(change, signal);
      ownStress.ended(change.id, clock.nowMs());
    },
  };
}

/**
 * Returns the thousandths of a CPU that a process has used since its start, from /proc/uptime and /proc/PID/stat (proc(5)); null before
 * it has run for a second.
 */
export function usedMilli(text: string): number | null {
  const [uptime = "", stat = ""] = text.trim().split("\n");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system, began] = [fields[11], fields[12], fields[19]].map(Number);
  const seconds = Number(uptime.split(" ")[0]) - (began ?? Number.NaN) / TICKS;
  if (!(seconds >= SECONDS_MIN)) return null;
  return Math.round((((user ?? 0) + (system ?? 0)) / TICKS / seconds) * 1000);
}
