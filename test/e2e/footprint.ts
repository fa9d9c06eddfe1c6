/**
 * Everything that a run or its lab could leave on the machine. It must be the same before and after a run, however the run ended.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../../src/std/wait.ts";

export interface Footprint {
  /** Processes in a pid namespace below ours, as "pid comm". */
  readonly processes: readonly string[];
  /** Processes outside such namespaces that run this checkout's own files; those of other checkouts do not count. */
  readonly programs: readonly string[];
  readonly namespaces: readonly string[];
  readonly mounts: readonly string[];
  readonly links: readonly string[];
  /** Local TCP ports on which a nested process listens, or a process that cannot be found. */
  readonly ports: readonly string[];
  readonly folders: readonly string[];
}

/** The longest that the kernel may take to remove the namespaces of a dead process. */
const GONE_MS_MAX = 5_000;
/** The parts of a run that are processes of their own, by the files that they run. */
const OWN_PROGRAM = /^(bin\/gameday\.mjs|(src|dist)\/(load|platform)\/\S+\.(ts|js))$/;
const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));

/** Returns what `after` has in addition to `before`, one line each; empty when nothing was left behind. */
export function leftBehind(before: Footprint, after: Footprint): string[] {
  return (Object.keys(before) as (keyof Footprint)[]).flatMap((kind) => {
    const known = new Set(before[kind]);
    return after[kind].filter((item) => !known.has(item)).map((item) => `${kind}: ${item}`);
  });
}

/** Returns what a run that has ended left behind, once the kernel has had time to remove its namespaces. */
export async function settled(before: Footprint): Promise<string[]> {
  let left: string[] = [];
  const none = () => {
    left = leftBehind(before, footprint());
    return left.length === 0;
  };
  const { signal } = new AbortController();
  await until(none, { what: "nothing to be left", deadlineMs: GONE_MS_MAX, signal }).catch(() => undefined);
  return left; // This is the result even if the deadline has passed.
}

/** Returns the footprint of a machine without a lab; waits for a lab that is about to end. */
export function untouched(signal: AbortSignal): Promise<Footprint> {
  const none = () => {
    const found = footprint();
    return found.processes.length === 0 && found;
  };
  return until(none, { what: "no other lab on this machine", deadlineMs: 10_000, signal });
}

export function footprint(): Footprint {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return {
    processes: sorted(pids.flatMap(nestedProcess)),
    programs: sorted(pids.flatMap(ownProcess)),
    namespaces: sorted(pids.flatMap((pid) => ["net", "pid", "mnt", "ipc", "uts"].flatMap((kind) => link(pid, kind)))),
    mounts: sorted(lines("/proc/self/mountinfo").map((line) => line.split(" ").slice(4).join(" "))),
    links: sorted(readdirSync("/sys/class/net")),
    ports: listeningPorts(pids),
    folders: ["/srv", "/mnt", "/media", "/var/lib/gameday/journal"].flatMap(namesIn),
  };
}

function ownProcess(pid: string): string[] {
  const words = read(`/proc/${pid}/cmdline`).split("\0");
  if (basename(words[0] ?? "") !== "node") return []; // A lock or a shell may have our file names on its command line, too.
  const folder = target(`/proc/${pid}/cwd`);
  const own = words.some((word) => runsOurs(resolve(folder, word)));
  return own ? [`${pid} ${words.join(" ").trim().slice(0, 160)}`] : [];
}

function runsOurs(file: string): boolean {
  return file.startsWith(CHECKOUT) && OWN_PROGRAM.test(file.slice(CHECKOUT.length));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => `${folder}/${name}`);
  } catch {
    return []; // The folder does not exist, so it holds nothing.
  }
}

function nestedProcess(pid: string): string[] {
  const depth = /^NSpid:\t(.*)$/m.exec(read(`/proc/${pid}/status`))?.[1]?.split("\t").length ?? 1;
  return depth > 1 ? [`${pid} ${read(`/proc/${pid}/comm`).trim()}`] : [];
}

function link(pid: string, kind: string): string[] {
  const name = target(`/proc/${pid}/ns/${kind}`);
  return name === "" ? [] : [name];
}

/** Returns the target of a link in /proc; "" when its process ended during the check. */
function target(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** Excludes the ports of processes outside our namespaces, because they may come and go during the check. */
function listeningPorts(pids: readonly string[]): string[] {
  const others = new Set(pids.filter((pid) => nestedProcess(pid).length === 0).flatMap(socketsOf));
  return sorted(
    lines("/proc/net/tcp").flatMap((line) => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      return state === "0A" && !others.has(`socket:[${inode}]`) ? [local] : [];
    }),
  );
}

function socketsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
  } catch {
    return []; // The process ended during the check.
  }
}

function lines(file: string): string[] {
  return read(file).trim().split("\n");
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
