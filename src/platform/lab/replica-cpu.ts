/** How much CPU each replica has used, and whether it is ready: the input of an autoscaler. */
import { NODES } from "./addresses.ts";
import type { Boot } from "./boot.ts";

/** The CPU time that one replica has used since it was started, including workers that have ended. */
export interface ReplicaCpu {
  readonly replica: string;
  readonly pid: number | null;
  readonly cpuMs: number;
  readonly ready: boolean;
}

export interface CpuLook {
  readonly desired: number;
  readonly replicas: readonly ReplicaCpu[];
}

export async function replicaCpu({ observer, replicas }: Boot, signal: AbortSignal): Promise<CpuLook> {
  const ready = new Set((await replicas.ready(signal)).map((slot) => slot.name));
  const reports = (await Promise.all(NODES.map((node) => observer.services(node, signal)))).flat();
  const rows = replicas.current().map((slot) => {
    const report = reports.find((one) => one.name === `app/${slot.name}`);
    const cpuMs = report?.processes.reduce((sum, row) => sum + row.cpuMs, 0) ?? 0;
    return { replica: `app/${slot.name}`, pid: report?.pid ?? null, cpuMs, ready: ready.has(slot.name) };
  });
  return { desired: replicas.desired, replicas: rows };
}
