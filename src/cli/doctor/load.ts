/** What this machine allows a load: cores, memory, open files and local ports. */
import { existsSync, readFileSync } from "node:fs";
import type { Diagnosis } from "../../platform/lab/diagnosis.ts";

/** Each user keeps a connection, and so a descriptor; some are left for the engine itself. */
const DESCRIPTORS_SPARE = 100;
const USERS_GOOD = 1_000;

/** Returns a line for each thing that limits a load. */
export function diagnoseLoad({
  cores,
  memoryBytes,
}: {
  readonly cores: number;
  readonly memoryBytes: number;
}): Diagnosis[] {
  return [
    ok("cores", `${cores}, which means one worker each`, "workers"),
    ok("memory", `${Math.floor(memoryBytes / 2 ** 20)} MiB`, "users"),
    ...limits(readOrNull("/proc/self/limits"), readOrNull("/proc/sys/net/ipv4/ip_local_port_range")),
  ];
}

/** Returns what the kernel's limits allow; nothing for a system that does not show them. */
export function limits(processLimits: string | null, portRange: string | null): Diagnosis[] {
  const files = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(processLimits ?? "")?.[1] ?? Number.NaN);
  const [low, high] = (portRange ?? "").trim().split(/\s+/).map(Number);
  return [
    ...(Number.isNaN(files) ? [] : [atLeast("open files", files - DESCRIPTORS_SPARE, "ulimit -Hn 65536, as root")]),
    ...(low === undefined || high === undefined
      ? []
      : [atLeast("local ports", high - low, 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"')]),
  ];
}

function atLeast(name: string, users: number, remedy: string): Diagnosis {
  const few = users < USERS_GOOD;
  return {
    name,
    purpose: `${USERS_GOOD} users at one address`,
    seen: `enough for ${users} users in each worker`,
    state: few ? "limited" : "ok",
    remedy: few ? remedy : null,
  };
}

function ok(name: string, seen: string, purpose: string): Diagnosis {
  return { name, purpose, seen, state: "ok", remedy: null };
}

function readOrNull(file: string): string | null {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}
