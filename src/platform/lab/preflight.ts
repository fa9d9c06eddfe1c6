/** What the lab requires of the machine, checked before anything starts, with one clear error for each requirement. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { type Complaint, ExitCode, GamedayError } from "../../std/errors.ts";
import { NAMESPACES } from "./namespaces.ts";

/** The properties of the machine. */
export interface LabMachine {
  readonly platform: string;
  readonly uid: number;
  /** null when the kernel does not know this setting; Ubuntu's is 1 from 23.10 on. */
  readonly apparmorRestrictsUserNamespaces: boolean | null;
  /** Why the lab's namespaces cannot be created; null when they can. */
  readonly namespaceTrouble: string | null;
  /** The folder that gets the logs, and the free space on its disk. */
  readonly folder: string;
  readonly freeBytes: number;
  /** The hard limit, up to which Node raises its own. */
  readonly openFilesMax: number;
}

/** Room for the logs of a long run; the lab's own disks are in memory. */
const FREE_BYTES_MIN = 256 * 2 ** 20;
/** Enough for a thousand users with one kept connection each through HAProxy, which needs two files for each. */
const OPEN_FILES_MIN = 4_096;

/** Throws when something prevents a lab whose logs go to that folder. */
export function demandMachine(folder: string): void {
  const complaint = complaintAbout(readMachine(folder));
  if (complaint !== null) throw new GamedayError({ code: "lab-machine", exitCode: ExitCode.notReady, ...complaint });
}

/** Returns the first obstacle; null when there is none. */
export function complaintAbout(machine: LabMachine): LabObstacle | null {
  return complaintsAbout(machine)[0] ?? null;
}

export type LabObstacle = Pick<Complaint, "expected" | "got" | "hint">;

/** Returns all obstacles. What cannot be known because of an earlier obstacle is not among them. */
export function complaintsAbout(machine: LabMachine): LabObstacle[] {
  if (machine.platform !== "linux") return [notLinux(machine.platform)];
  return [
    ...(machine.uid !== 0 ? [notRoot(machine)] : []),
    ...(machine.namespaceTrouble !== null ? [noNamespaces(machine.namespaceTrouble)] : []),
    ...(machine.freeBytes < FREE_BYTES_MIN ? [noRoom(machine)] : []),
    ...(machine.openFilesMax < OPEN_FILES_MIN ? [fewFiles(machine.openFilesMax)] : []),
  ];
}

function notLinux(platform: string) {
  return {
    expected: "Linux, because the lab consists of its namespaces",
    got: platform,
    hint: "the lab needs Linux: run it in a Linux virtual machine, or test a platform that you have (kind external or kubernetes)",
  };
}

function notRoot({ uid, apparmorRestrictsUserNamespaces }: LabMachine) {
  const restricted = "; kernel.apparmor_restrict_unprivileged_userns = 1 keeps other users from making namespaces";
  return {
    expected: "to run as root, because the lab makes namespaces",
    got: `uid ${uid}${apparmorRestrictsUserNamespaces === true ? restricted : ""}`,
    hint: `run: sudo ${process.execPath} ${process.argv.slice(1).join(" ")}`,
  };
}

function noNamespaces(trouble: string) {
  return {
    expected: "root to be allowed to make network, mount, process, IPC and host name namespaces",
    got: trouble,
    hint: "in a container, start it with --privileged; otherwise the kernel lacks CONFIG_NET_NS, CONFIG_PID_NS, CONFIG_IPC_NS or CONFIG_UTS_NS",
  };
}

function noRoom({ folder, freeBytes }: LabMachine) {
  return {
    expected: `${mebibytes(FREE_BYTES_MIN)} free on the disk of ${folder}`,
    got: mebibytes(freeBytes),
    hint: "free some space there, or put the run elsewhere with --out (the state folder: GAMEDAY_STATE)",
  };
}

function fewFiles(got: number) {
  return {
    expected: `a limit of at least ${OPEN_FILES_MIN} open files`,
    got: String(got),
    hint: `raise it in this shell, then try again: ulimit -Hn ${OPEN_FILES_MIN * 4}`,
  };
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}

/** Reads the machine's properties for a lab whose logs go to that folder, but skips checks whose result the earlier ones make irrelevant. */
export function readMachine(folder: string): LabMachine {
  const { platform } = process;
  const uid = process.getuid?.() ?? -1;
  const isLinux = platform === "linux";
  return {
    platform,
    uid,
    apparmorRestrictsUserNamespaces: isLinux ? apparmorSetting() : null,
    namespaceTrouble: isLinux && uid === 0 ? namespaceTrouble() : null,
    folder,
    freeBytes: freeBytes(folder),
    openFilesMax: isLinux ? openFilesMax(readFileSync("/proc/self/limits", "utf8")) : Number.POSITIVE_INFINITY,
  };
}

function apparmorSetting(): boolean | null {
  const file = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
  return existsSync(file) ? readFileSync(file, "utf8").trim() === "1" : null;
}

/** Creates the namespaces as the lab will, for a program that ends at once. */
function namespaceTrouble(): string | null {
  const { status, stderr, error } = spawnSync("unshare", [...NAMESPACES, "true"], {
    encoding: "utf8",
    timeout: 10_000,
  });
  if (status === 0) return null;
  return error?.message ?? (stderr.trim() || `unshare: exit ${status}`);
}

/** Returns the free space of the nearest folder that exists; the rest will be created. */
function freeBytes(folder: string): number {
  if (!existsSync(folder) && dirname(folder) !== folder) return freeBytes(dirname(folder));
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Parses "Max open files            1024                 1048576              files": soft, then hard. */
export function openFilesMax(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1] ?? "unlimited";
  return hard === "unlimited" ? Number.POSITIVE_INFINITY : Number(hard);
}
