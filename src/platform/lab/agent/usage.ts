/** The resources that processes hold: memory, and open TCP connections. From /proc alone. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface Usage {
  /** The resident memory of all processes; shared memory counts once for each process. */
  readonly memoryBytes: number;
  /** Their established TCP connections, in and out. */
  readonly connections: number;
}

/** Returns the usage of the processes; those that end in the meantime count for nothing. */
export function usageOf(pids: readonly number[], root = "/proc"): Usage {
  const inodes = new Set(pids.flatMap((pid) => quietly(() => establishedInodes(`${root}/${pid}/net`)) ?? []));
  const held = pids.map((pid) => ({
    memoryBytes: quietly(() => residentBytes(readFileSync(`${root}/${pid}/status`, "utf8"))) ?? 0,
    connections: quietly(() => socketInodes(`${root}/${pid}/fd`).filter((inode) => inodes.has(inode)).length) ?? 0,
  }));
  return {
    memoryBytes: held.reduce((sum, one) => sum + one.memoryBytes, 0),
    connections: held.reduce((sum, one) => sum + one.connections, 0),
  };
}

/** Parses "VmRSS:     1234 kB". Page sizes differ between machines, this unit does not. A process that ended has no such line. */
function residentBytes(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
}

/** Returns the inodes of sockets in state 01 (proc(5), /proc/net/tcp: the state is the fourth column, the inode the tenth). */
function establishedInodes(folder: string): string[] {
  return ["tcp", "tcp6"]
    .flatMap((table) => (quietly(() => readFileSync(`${folder}/${table}`, "utf8")) ?? "").split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, , , state, , , , , , inode]) => (state === "01" && inode !== undefined ? [inode] : []));
}

function socketInodes(folder: string): string[] {
  return readdirSync(folder).flatMap(
    (entry) => /^socket:\[(\d+)\]$/.exec(quietly(() => readlinkSync(`${folder}/${entry}`)) ?? "")?.[1] ?? [],
  );
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // the process ended, or closed that file, between the listing and the reading
  }
}
