/**
 * Everything in a lab that a fault could leave behind, seen from outside the product: nftables' rules, queueing disciplines,
 * links, stopped processes, programs, and full disks of every namespace that descends from the lab's process.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, statfsSync } from "node:fs";

export interface LabStock {
  /** The nftables' rules; like all lists here, sorted lines. */
  readonly rules: readonly string[];
  readonly queues: readonly string[];
  readonly links: readonly string[];
  /** The number of processes of each program by name, without PostgreSQL's own children. */
  readonly programs: Readonly<Record<string, number>>;
  readonly stopped: readonly string[];
  readonly fullDisks: readonly string[];
}

const FULL_FRACTION = 0.9;
/** Programs whose number changes by itself: PostgreSQL's backends, and the commands that the lab runs occasionally. */
const COMES_AND_GOES = new Set(["postgres:", "postgres", "psql", "nsenter", "ip", "nft", "tc", "sh", "cat", "sleep"]);

interface Process {
  readonly pid: number;
  readonly state: string;
  readonly program: string;
  readonly network: string;
}

/** Takes stock of the lab that the process hosts. */
export function stockOfLab(hostPid: number): LabStock {
  const processes = descendants(hostPid).flatMap(processOf);
  const networks = new Map(processes.map(({ pid, network }) => [network, pid]));
  networks.delete(readlinkSync("/proc/self/ns/net"));
  const inside = (argv: readonly string[]) =>
    [...networks.values()].flatMap((pid) => linesOf(["nsenter", "-t", `${pid}`, "-n", ...argv])).sort();
  const programs: Record<string, number> = {};
  for (const { program } of processes.filter(({ program: name }) => !COMES_AND_GOES.has(name)))
    programs[program] = (programs[program] ?? 0) + 1;
  return {
    rules: inside(["nft", "list", "ruleset"]),
    queues: inside(["tc", "qdisc", "show"]),
    links: inside(["ip", "-o", "link", "show"]).map((line) =>
      line.replace(/^\d+: /, "").replace(/@if\d+|link-netnsid.*$/g, ""),
    ),
    programs,
    stopped: processes.filter(({ state }) => state === "T").map(({ program }) => program),
    fullDisks: fullDisks(processes),
  };
}

/**
 * Returns what exists now and did not before, and the links and programs that are gone, one line each; empty when there is no
 * residue.
 */
export function residueBetween(before: LabStock, after: LabStock): string[] {
  const lines = (["rules", "queues", "stopped", "fullDisks"] as const).flatMap((part) =>
    after[part].filter((line) => !before[part].includes(line)).map((line) => `${part}: ${line}`),
  );
  const names = new Set([...Object.keys(before.programs), ...Object.keys(after.programs)]);
  const programs = [...names].flatMap((name) => {
    const [was, is] = [before.programs[name] ?? 0, after.programs[name] ?? 0];
    return was === is ? [] : [`programs: ${is} ${name}, was ${was}`];
  });
  const linkState = (stock: LabStock) =>
    stock.links.map((line) => `${line.split(":")[0]} ${/state (\w+)/.exec(line)?.[1]}`).sort();
  const links = linkState(before).join() === linkState(after).join() ? [] : [`links: ${linkState(after).join(", ")}`];
  return [...lines, ...programs, ...links];
}

/** Returns every process below this one, including it. */
export function descendants(root: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const);
  const found = new Set([root]);
  for (let grown = true; grown; ) {
    const before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
    grown = found.size > before;
  }
  return [...found];
}

function parentOf(pid: string): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1] ?? 0);
}

function processOf(pid: number): Process[] {
  try {
    const [argv0 = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const state = /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
    const program = (argv0.split(" ")[0] ?? "").split("/").at(-1) ?? "";
    return argv0 === "" ? [] : [{ pid, state, program, network: readlinkSync(`/proc/${pid}/ns/net`) }];
  } catch {
    return []; // The process ended in the meantime.
  }
}

function fullDisks(processes: readonly Process[]): string[] {
  const seen = new Set<string>();
  for (const { pid } of processes) {
    const mounts = readOrEmpty(`/proc/${pid}/mountinfo`)
      .split("\n")
      .map((line) => line.split(" ")[4] ?? "");
    for (const mount of mounts.filter((path) => path.startsWith("/srv/")))
      if (isFull(`/proc/${pid}/root${mount}`)) seen.add(mount);
  }
  return [...seen].sort();
}

function isFull(path: string): boolean {
  try {
    const { blocks, bavail } = statfsSync(path);
    return blocks > 0 && 1 - bavail / blocks > FULL_FRACTION;
  } catch {
    return false; // The process ended, or the path is hidden below another mount.
  }
}

function linesOf(argv: readonly string[]): string[] {
  const [file = "", ...args] = argv;
  const { stdout } = spawnSync(file, args, { encoding: "utf8", timeout: 5_000 });
  return (stdout ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // The process ended in the meantime.
  }
}
