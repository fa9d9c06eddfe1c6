/** How much CPU each replica has used, and whether it is ready: what an autoscaler looks at. */
import { NODES } from "./addresses.ts";
import type { Boot } from "./boot.ts";

/** CPU used by one replica since it was started, its ended workers included. */
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
