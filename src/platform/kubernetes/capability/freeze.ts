/**
 * freeze: a tracer holds every process of the target's container, from a container of ours that shares its process namespace and
 * its user. It can also hold PID 1, which ignores SIGSTOP from inside. A tracer that ends releases what it holds, and it ends by
 * itself when its time is up.
 */
import type { Capability, Change } from "../../../platform.ts";
import { shortName } from "../marks.ts";
import type { PodObject } from "../objects.ts";
import { demandPod, findPod, inPlace, type Parts, refuse, witness } from "../parts.ts";
import { containerOf } from "../roles.ts";
import type { ToolsKind } from "../tools.ts";

const SECONDS_MAX = 3600;

export function freezeCapability(parts: Parts): Capability<"freeze"> {
  const inside = async (change: Pick<Change, "target">, script: string, signal: AbortSignal) => {
    const pod = await demandPod(parts, change.target, signal);
    return await parts.tools.exec(pod, kindOf(parts, change, pod), ["sh", "-c", script], { signal });
  };
  return {
    async prior(target, _parameters, signal) {
      return { uid: (await demandPod(parts, target, signal)).metadata.uid ?? "" };
    },
    async apply(change, signal) {
      const seconds = Math.min(SECONDS_MAX, Math.ceil((change.expiresAfterMs ?? SECONDS_MAX * 1000) / 1000));
      const [pidFile, log] = [`/tmp/${shortName(change.id)}.pid`, `/tmp/${shortName(change.id)}.log`];
      const hold = `hold freeze ${seconds} $(hold list) >${log} 2>&1 </dev/null & echo $! >${pidFile}`;
      const wait = `for i in 1 2 3 4 5 6 7 8 9 10; do grep -q . ${log} && break; sleep 0.1; done; grep '^held' ${log} || { cat ${log} >&2; exit 1; }`;
      const { code, stderr } = await inside(change, `${hold}; ${wait}`, signal);
      if (code !== 0) throw notHeld(change, stderr);
    },
    async bitten(change, signal) {
      const { code, stdout } = await inside(
        change,
        `for p in $(hold list); do grep -h '^State' /proc/$p/status; done`,
        signal,
      );
      const states = stdout
        .trim()
        .split("\n")
        .filter((line) => line !== "");
      if (code !== 0 || states.length === 0 || !states.every((line) => line.includes("tracing stop"))) return null;
      return witness(parts, `all ${states.length} processes are held (${states[0]})`, "inside the pod: /proc");
    },
    async revert(change, signal) {
      const pod = await findPod(parts, change.target, signal);
      if (pod === null || !parts.tools.has(pod, kindOf(parts, change, pod))) return; // the pod is gone, and the tracer with it
      const file = `/tmp/${shortName(change.id)}.pid`;
      await inside(change, `[ -e ${file} ] && kill $(cat ${file}) 2>/dev/null; rm -f ${file}`, signal);
    },
    async healed(change, signal) {
      const seen = await inPlace(parts, change.target, signal);
      return seen === null ? null : witness(parts, `nothing is held; ${seen}`, "the API, and those who lead it");
    },
  };
}

function kindOf({ config }: Parts, { target }: Pick<Change, "target">, pod: PodObject): ToolsKind {
  return { is: "process", container: containerOf(config, target.role, pod) };
}

function notHeld({ target }: Pick<Change, "target">, stderr: string) {
  return refuse(
    `to hold every process of ${target.id} by ptrace`,
    stderr.trim() || "no reason",
    "it needs the container's own user and a kernel whose kernel.yama.ptrace_scope is 0 or absent",
  );
}
