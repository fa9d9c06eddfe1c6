/** All that a run or its lab could leave on the machine: what must be the same before and after it, however it ended. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../../src/std/wait.ts";

export interface Footprint {
  /** Processes in a pid namespace below ours: "pid comm". */
  readonly processes: readonly string[];
  /** Processes beside us that run this checkout's own files; another checkout's are none of our business. */
  readonly programs: readonly string[];
  readonly namespaces: readonly string[];
  readonly mounts: readonly string[];
  readonly links: readonly string[];
  /** Local TCP ports listened on by a nested process, or by nobody that can be found. */
  readonly ports: readonly string[];
  readonly folders: readonly string[];
}

/** What the kernel may take to take down the namespaces of a dead process. */
const GONE_MS_MAX = 5_000;
/** Parts of a run that are processes of their own, by the files they run. */
const OWN_PROGRAM = /^(bin\/gameday\.mjs|(src|dist)\/(load|platform)\/\S+\.(ts|js))$/;
const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));

/** What `after` has more than `before`, a line each; empty: nothing was left behind. */
export function leftBehind(before: Footprint, after: Footprint): string[] {
  return (Object.keys(before) as (keyof Footprint)[]).flatMap((kind) => {
    const known = new Set(before[kind]);
    return after[kind].filter((item) => !known.has(item)).map((item) => `${kind}: ${item}`);
  });
}

/** What is still left of a run that has ended, once the kernel had time to take its namespaces down. */
export async function settled(before: Footprint): Promise<string[]> {
  let left: string[] = [];
  const none = () => {
    left = leftBehind(before, footprint());
    return left.length === 0;
  };
  const { signal } = new AbortController();
  await until(none, { what: "nothing to be left", deadlineMs: GONE_MS_MAX, signal }).catch(() => undefined);
  return left; // the answer, also when time was up
}

/** The footprint of a machine without a lab: waits for one that is just going. */
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
  if (basename(words[0] ?? "") !== "node") return []; // a lock or a shell may have our names on its command line, too
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
    return []; // not there: nothing in it
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

/** What a link of /proc points at; "" when its process ended while we looked. */
function target(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** Ports of processes beside us are theirs: they may come and go while we look. */
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
    return []; // it ended while we looked
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
