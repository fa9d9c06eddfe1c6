/**
 * Freezing by a control group (cgroup v2; the kernel's admin-guide/cgroup-v2: cgroup.freeze, cgroup.events, cgroup.kill). A group
 * is created for one freeze, below the group of the processes, and removed when they are thawed. Processes that are frozen this
 * way can still be killed, and no signal makes them continue.
 */
import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join, relative } from "node:path";
import { until } from "../../../std/wait.ts";

const PREFIX = "gameday-freeze-";
/** A process may fork before it is moved; the next round finds its child. */
const ROUNDS = 5;
/** How long the kernel may take to freeze or release a whole group. */
const SETTLES_MS_MAX = 1_000;
const LOOK_EVERY_MS = 10;

/**
 * Returns the folder of this process's own group, where groups can be created; null when there is none and signals must be used.
 * Version 1 is no substitute: processes held by its freezer cannot be killed before they are thawed, so a lab that is killed
 * would stay.
 */
export function findGroup(
  mountinfo = readFileSync("/proc/self/mountinfo", "utf8"),
  groups = readFileSync("/proc/self/cgroup", "utf8"),
): string | null {
  const own = /^0::(\/.*)$/m.exec(groups)?.[1];
  if (own === undefined) return null;
  const folders = mountsOf(mountinfo).map(({ root, at }) => join(at, relative(root, own)));
  return folders.find(isWritable) ?? null;
}

export class FrozenGroup {
  readonly #home: string;
  readonly #folder: string;

  private constructor(home: string, folder: string) {
    this.#home = home;
    this.#folder = folder;
  }

  /** Freezes the processes; returns null when this machine does not allow it, and then leaves nothing behind. */
  static async of(home: string, pids: () => readonly number[]): Promise<FrozenGroup | null> {
    const group = new FrozenGroup(home, join(home, `${PREFIX}${crypto.randomUUID()}`));
    try {
      mkdirSync(group.#folder);
      accessSync(join(group.#folder, "cgroup.freeze"), constants.W_OK);
      for (let round = 0; round < ROUNDS; round++) for (const pid of pids()) group.#take(pid);
      group.#write("cgroup.freeze", "1");
      await seen("the group to be frozen", () => group.isFrozen());
      if (pids().length > 0) return group;
    } catch {
      // not allowed here, or not supported by the kernel (before 5.2): what was done is undone below
    }
    await group.thaw();
    return null;
  }

  /** Returns whether the kernel reports that the whole group is frozen. */
  isFrozen(): boolean {
    return /^frozen 1$/m.test(this.#read("cgroup.events"));
  }

  holds(pid: number): boolean {
    return this.#pids().includes(pid);
  }

  /** Kills the whole group at once, frozen or not, where the kernel supports it (5.14). */
  kill(): void {
    quietly(() => this.#write("cgroup.kill", "1"));
  }

  /** Thaws the processes, moves them back to where they were, and removes the group. */
  async thaw(): Promise<void> {
    quietly(() => this.#write("cgroup.freeze", "0"));
    const gone = () => {
      for (const pid of this.#pids()) quietly(() => writeFileSync(join(this.#home, "cgroup.procs"), String(pid)));
      return quietly(() => rmdirSync(this.#folder)) || !isWritable(this.#folder);
    };
    await seen("the group to be gone", gone).catch(() => undefined); // an empty group is removed at the next start
  }

  #take(pid: number): void {
    if (!this.holds(pid)) quietly(() => this.#write("cgroup.procs", String(pid)));
  }

  #pids(): number[] {
    return this.#read("cgroup.procs").split("\n").filter(Boolean).map(Number);
  }

  #read(file: string): string {
    let text = "";
    quietly(() => {
      text = readFileSync(join(this.#folder, file), "utf8");
    });
    return text;
  }

  #write(file: string, value: string): void {
    const descriptor = openSync(join(this.#folder, file), constants.O_WRONLY); // never created here: the kernel provides it
    try {
      writeSync(descriptor, value);
    } finally {
      closeSync(descriptor);
    }
  }
}

function seen(what: string, condition: () => boolean): Promise<boolean> {
  const { signal } = new AbortController();
  return until(condition, { what, deadlineMs: SETTLES_MS_MAX, everyMs: LOOK_EVERY_MS, signal });
}

/** Removes the groups of labs that were killed while something was frozen; groups that still hold a process stay. */
export function removeEmptyGroups(home: string): void {
  quietly(() => {
    for (const entry of readdirSync(home)) if (entry.startsWith(PREFIX)) quietly(() => rmdirSync(join(home, entry)));
  });
}

/** Parses proc(5), /proc/PID/mountinfo: root and mount point are the fourth and fifth field, the type follows a lone dash. */
function mountsOf(mountinfo: string): { readonly root: string; readonly at: string }[] {
  return mountinfo.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root = "/", at = ""] = before.split(" ");
    return after.startsWith("cgroup2 ") ? [{ root, at: at.replaceAll("\\040", " ") }] : [];
  });
}

function isWritable(folder: string): boolean {
  return quietly(() => accessSync(join(folder, "cgroup.procs"), constants.W_OK));
}

/** Returns true when the action worked. A process that ended or a group that is gone needs no further action. */
function quietly(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
