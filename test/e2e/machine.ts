/** What a machine holds that a lab could leave behind: processes, mounts, namespaces, links, listening ports, temporary files. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export type Machine = Readonly<
  Record<"processes" | "mounts" | "namespaces" | "links" | "ports" | "files", readonly string[]>
>;

const NAMESPACES = ["net", "mnt", "pid", "ipc", "uts", "user"] as const;
const LISTENING = "0A";
const GONE_MS_MAX = 5_000;
/** Folders in which a run might forget a file. */
const FOLDERS = [tmpdir(), "/run/gameday", "/var/lib/gameday/journal", "/dev/shm"];

/** Takes stock. Kernel threads and this process with its ancestors are left out; so is what `ignore` names by command line. */
export function takeStock(ignore: (commandLine: string) => boolean = () => false): Machine {
  const pids = processes();
  const mine = ancestors(process.pid);
  const counted = pids.filter(({ pid, commandLine }) => !mine.has(pid) && commandLine !== "" && !ignore(commandLine));
  return {
    processes: counted.map(({ pid, commandLine }) => `${pid} ${commandLine.slice(0, 120)}`).sort(),
    mounts: readFileSync("/proc/self/mountinfo", "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[4] ?? "")
      .sort(),
    namespaces: [...new Set(counted.flatMap(({ pid }) => NAMESPACES.map((kind) => namespace(pid, kind))))]
      .filter(Boolean)
      .sort(),
    links: readdirSync("/sys/class/net").sort(),
    ports: [...listening("/proc/net/tcp"), ...listening("/proc/net/tcp6")].sort(),
    files: FOLDERS.flatMap(namesIn).sort(),
  };
}

/** What `after` has more than `before`, a line each; empty: nothing was left behind. */
export function leftBehind(before: Machine, after: Machine): string[] {
  return (Object.keys(before) as (keyof Machine)[]).flatMap((kind) => {
    const known = new Set(before[kind]);
    return after[kind].filter((item) => !known.has(item)).map((item) => `${kind}: ${item}`);
  });
}

/** What is still left after the time in which the kernel takes down namespaces whose processes are gone. */
export async function settled(before: Machine): Promise<string[]> {
  const end = performance.now() + GONE_MS_MAX;
  for (;;) {
    const leaks = leftBehind(before, takeStock());
    if (leaks.length === 0 || performance.now() > end) return leaks;
    await delay(50);
  }
}

interface Process {
  readonly pid: number;
  readonly commandLine: string;
}

function processes(): Process[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((name) => {
    const commandLine = readOrEmpty(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim();
    return [{ pid: Number(name), commandLine }];
  });
}

function ancestors(pid: number): Set<number> {
  const found = new Set<number>();
  for (let current = pid; current > 1 && !found.has(current); ) {
    found.add(current);
    current = Number(/^PPid:\s+(\d+)/m.exec(readOrEmpty(`/proc/${current}/status`))?.[1] ?? 1);
  }
  return found;
}

function namespace(pid: number, kind: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return ""; // it ended in between
  }
}

function listening(file: string): string[] {
  const lines = readOrEmpty(file).trim().split("\n").slice(1);
  return lines
    .map((line) => line.trim().split(/\s+/))
    .flatMap((fields) => (fields[3] === LISTENING ? [`${basename(file)} ${fields[1]}`] : []));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => `${folder}/${name}`);
  } catch {
    return []; // not there: nothing in it
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it ended in between
  }
}
