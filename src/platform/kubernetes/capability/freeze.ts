/**
 * freeze: a tracer holds every process of the target's container, from a container of ours that shares its process namespace and
 * its user. It can also hold PID 1, which ignores SIGSTOP from inside. A tracer that ends releases what it holds, and it ends by
 * itself when its time is up.
 */
import type { Capability, Change } from "../../../platform.ts";
import { demandPod, findPod, inPlace, type Parts, refuse, witness } from "../parts.ts";
import { run, secondsOf, startHolding, stopHolding } from "./held.ts";

const STATES = "for p in $(hold list); do grep -h '^State' /proc/$p/status; done";

export function freezeCapability(parts: Parts): Capability<"freeze"> {
  return {
    async prior(target, _parameters, signal) {
      return { uid: (await demandPod(parts, target, signal)).metadata.uid ?? "" };
    },
    async apply(change, signal) {
      const pod = await demandPod(parts, change.target, signal);
      const words = `freeze ${secondsOf(change)} $(hold list)`;
      const trouble = await startHolding(parts, pod, { change, words }, signal);
      if (trouble !== null) throw notHeld(change, trouble);
    },
    async bitten(change, signal) {
      const { code, stdout } = await run(parts, await demandPod(parts, change.target, signal), STATES, signal);
      const states = stdout.split("\n").filter((line) => line !== "");
      if (code !== 0 || states.length === 0 || !states.every((line) => line.includes("tracing stop"))) return null;
      return witness(parts, `all ${states.length} processes are held (${states[0]})`, "inside the pod: /proc");
    },
    async revert(change, signal) {
      const pod = await findPod(parts, change.target, signal);
      if (pod !== null) await stopHolding(parts, pod, change, signal); // without a pod there is no tracer either
    },
    async healed(change, signal) {
      const seen = await inPlace(parts, change.target, signal);
      return seen === null ? null : witness(parts, `nothing is held; ${seen}`, "the API, and those who lead it");
    },
  };
}

function notHeld({ target }: Pick<Change, "target">, because: string) {
  return refuse(
    `to hold every process of ${target.id} by ptrace`,
    because,
    "it needs the container's own user and a kernel whose kernel.yama.ptrace_scope is 0 or absent",
  );
}
