/** What a machine has, and lacks, for the lab: one line for each requirement, all of them at once. Changes nothing. */
import { globSync } from "node:fs";
import { dirname } from "node:path";
import { complaintsAbout, type LabMachine, readMachine } from "./preflight.ts";
import {
  FAULT_PROGRAMS,
  findPatroni,
  findProgram,
  NEEDED_PROGRAMS,
  type NeededProgram,
  newestPostgres,
  PATRONI_VERSION,
  setupHint,
} from "./programs.ts";

const FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1";

export interface Diagnosis {
  readonly name: string;
  readonly purpose: string;
  /** Where it is, or what was found instead. */
  readonly seen: string;
  /** "limited": the lab runs without it, but not all faults do. */
  readonly state: "ok" | "limited" | "missing";
  /** What to do; null when nothing need be done. */
  readonly remedy: string | null;
}

/** Returns the state of everything that the lab needs. `folder` would get the logs of a run; `path` is the user's PATH. */
export function diagnoseLab(folder: string, path: string): Diagnosis[] {
  return [...diagnoseMachine(readMachine(folder)), ...diagnosePrograms(programsOf(path))];
}

/** Returns a line for each obstacle of the machine itself, or one line when there is none. */
export function diagnoseMachine(machine: LabMachine): Diagnosis[] {
  const obstacles = complaintsAbout(machine);
  const name = "the machine";
  const purpose = "Linux, root, namespaces, room for logs, open files";
  if (obstacles.length === 0) return [{ name, purpose, seen: "as the lab needs it", state: "ok", remedy: null }];
  return obstacles.map(({ expected, got, hint }) => ({
    name,
    purpose: expected,
    seen: got,
    state: "missing",
    remedy: hint ?? null,
  }));
}

/** A program and where it was found; null when it is missing. */
export interface FoundProgram extends NeededProgram {
  readonly at: string | null;
  readonly onPath: boolean;
  readonly required: boolean;
}

function programsOf(path: string): FoundProgram[] {
  const folders = path.split(":");
  const located = (required: boolean) => (program: NeededProgram) => {
    const at = findProgram(program.name) ?? null;
    return { ...program, at, onPath: at !== null && folders.includes(dirname(at)), required };
  };
  const whole = { onPath: true, required: true };
  return [
    ...NEEDED_PROGRAMS.map(located(true)),
    {
      name: "PostgreSQL 14 to 17",
      purpose: "database",
      packageName: "postgresql",
      at: newestPostgres() ?? null,
      ...whole,
    },
    {
      name: `Patroni ${PATRONI_VERSION}`,
      purpose: "failover of PostgreSQL",
      packageName: "a venv",
      at: findPatroni() ?? null,
      ...whole,
    },
    ...FAULT_PROGRAMS.map(located(false)),
    {
      name: "libfaketime",
      purpose: "faults that move the clock",
      packageName: "libfaketime",
      at: globSync(FAKETIME)[0] ?? null,
      onPath: true,
      required: false,
    },
  ];
}

/** Returns a line for each program. */
export function diagnosePrograms(programs: readonly FoundProgram[]): Diagnosis[] {
  return programs.map(({ name, purpose, packageName, at, onPath, required }) => ({
    name,
    purpose,
    seen: at === null ? "not found" : `${at}${onPath ? "" : " (not on your PATH; the lab finds it)"}`,
    state: at !== null ? "ok" : required ? "missing" : "limited",
    remedy: at !== null ? null : `${setupHint()} (or install ${packageName})`,
  }));
}
