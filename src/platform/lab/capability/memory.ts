/**
 * memory: a target can get only a little more memory than it has. This uses the processes' own address space limit rather than a
 * cgroup: the limit dies with its process, and nothing stays behind on the host.
 */
import type { Capability, Change, TargetReferenceWithNode } from "../../../platform.ts";
import type { Json } from "../../../std/json.ts";
import { isRecord } from "../../../std/json.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";
import { witness } from "./witness.ts";

const MEGABYTE = 1 << 20;
const PAGE_BYTES = 4096;

export function memoryCapability(lab: Lab): Capability<"memory"> {
  return {
    async prior(target, _parameters, signal) {
      return { limits: Object.fromEntries(await limitsOf(lab, target, signal)) };
    },
    async apply(change, signal) {
      const leaveBytes = change.parameters.leaveMegabytes * MEGABYTE;
      for (const pid of (await limitsOf(lab, change.target, signal)).keys()) {
        const usedBytes = await addressSpace(lab, change.target, pid, signal);
        if (usedBytes !== null)
          await setLimit(lab, change.target, { pid, soft: String(usedBytes + leaveBytes) }, signal);
      }
    },
    async bitten(change, signal) {
      const limits = await limitsOf(lab, change.target, signal);
      const narrowed = [...limits].filter(([pid, limit]) => isNarrowed(change, pid, limit));
      if (narrowed.length > 0) return witness(lab, change.target, `/proc: ${narrowed.length} processes are limited`);
      const survivors = Object.keys(priorLimits(change)).filter((pid) => limits.has(pid));
      if (survivors.length > 0 || Object.keys(priorLimits(change)).length === 0) return null;
      return witness(lab, change.target, "/proc: each of its processes died for lack of memory");
    },
    async revert(change, signal) {
      const usual = Object.values(priorLimits(change))[0] ?? "unlimited";
      for (const [pid, limit] of await limitsOf(lab, change.target, signal)) {
        const was = priorLimits(change)[pid] ?? usual;
        if (limit !== was) await setLimit(lab, change.target, { pid, soft: was }, signal);
      }
    },
    async healed(change, signal) {
      const limits = await limitsOf(lab, change.target, signal);
      if ([...limits].some(([pid, limit]) => isNarrowed(change, pid, limit))) return null;
      const seen = await inPlace(lab, change.target, signal);
      return seen === null ? null : witness(lab, change.target, `no process is limited any more; ${seen}`);
    },
  };
}

/** Returns the soft address space limits of all of the target's processes, as /proc shows them: bytes or "unlimited". */
async function limitsOf(lab: Lab, target: TargetReferenceWithNode, signal: AbortSignal): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { pid, state } of (await lab.report(target, signal))?.processes ?? []) {
    const text = state === "Z" ? null : await readProc(lab, target, `/proc/${pid}/limits`, signal);
    const soft = /^Max address space\s+(\S+)/m.exec(text ?? "")?.[1];
    if (soft !== undefined) found.set(String(pid), soft);
  }
  return found;
}

async function addressSpace(lab: Lab, target: TargetReferenceWithNode, pid: string, signal: AbortSignal) {
  const text = await readProc(lab, target, `/proc/${pid}/statm`, signal);
  return text === null ? null : Number(text.split(" ")[0]) * PAGE_BYTES;
}

/** Returns null when the process has ended in the meantime. */
async function readProc(lab: Lab, target: TargetReferenceWithNode, path: string, signal: AbortSignal) {
  try {
    return await lab.agentOf(target).read(path, signal);
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/**
 * Sets only the soft limit: the hard one stays, so that the change can be reverted. It runs as the process's own user and group,
 * which may always do so; root may do so only with CAP_SYS_RESOURCE. A process that has ended needs no limit.
 */
async function setLimit(
  lab: Lab,
  target: TargetReferenceWithNode,
  { pid, soft }: { readonly pid: string; readonly soft: string },
  signal: AbortSignal,
) {
  const status = await readProc(lab, target, `/proc/${pid}/status`, signal);
  const idOf = (kind: "Uid" | "Gid") => Number(new RegExp(`^${kind}:\\s+(\\d+)`, "m").exec(status ?? "")?.[1]);
  if (status === null) return;
  const argv = ["prlimit", "--pid", pid, `--as=${soft}:`];
  const owner = { uid: idOf("Uid"), gid: idOf("Gid") };
  const { code, stderr } = await lab.agentOf(target).tryRun({ argv, deadlineMs: 5_000, ...owner }, signal);
  const gone = (await readProc(lab, target, `/proc/${pid}/statm`, signal)) === null;
  if (code !== 0 && !gone) throw new Error(`prlimit of ${pid}: ${stderr.trim()}`);
}

function isNarrowed(change: Change<"memory">, pid: string, limit: string): boolean {
  return limit !== "unlimited" && limit !== priorLimits(change)[pid];
}

function priorLimits(change: Change<"memory">): Readonly<Record<string, string>> {
  const limits: Json = isRecord(change.prior) ? (change.prior["limits"] ?? null) : null;
  if (!isRecord(limits)) return {};
  return Object.fromEntries(Object.entries(limits).map(([pid, limit]) => [pid, String(limit)]));
}
