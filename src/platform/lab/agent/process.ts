/** The process table of this pid namespace, from /proc alone (no ps needed). */
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { ProcessRow } from "./protocol.ts";

/** Linux counts CPU time in ticks of 1/100 s on every architecture that Node runs on. */
const TICK_MS = 10;

/** Returns all processes that still exist when they are read, ordered by pid. */
export function processTable(): ProcessRow[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(readProcess)
    .filter((row) => row !== null)
    .sort((a, b) => a.pid - b.pid);
}

/** Parses one line of /proc/PID/stat (proc(5)); the command is in brackets and may itself contain brackets and blanks. */
export function parseStat(line: string, uid: number): ProcessRow | null {
  const open = line.indexOf("(");
  const close = line.lastIndexOf(")");
  if (open < 0 || close < open) return null;
  const fields = line.slice(close + 2).split(" ");
  const number = (at: number) => Number(fields[at] ?? Number.NaN);
  return {
    pid: Number.parseInt(line, 10),
    command: line.slice(open + 1, close),
    state: fields[0] ?? "?",
    parent: number(1),
    session: number(3),
    uid,
    cpuMs: (number(11) + number(12) + number(13) + number(14)) * TICK_MS,
  };
}

/**
 * Returns the processes that belong to a service: its descendants, its session, and with `ownedUid` all processes of that user.
 */
export function belonging(table: readonly ProcessRow[], main: number | null, ownedUid: number | null): ProcessRow[] {
  const mine = new Set<number>(main === null ? [] : [main]);
  const belongs = (row: ProcessRow) =>
    mine.has(row.pid) || mine.has(row.parent) || row.session === main || row.uid === ownedUid;
  for (let before = -1; before !== mine.size; ) {
    before = mine.size;
    for (const row of table) if (belongs(row)) mine.add(row.pid);
  }
  return table.filter((row) => mine.has(row.pid) && row.state !== "Z");
}

function readProcess(entry: string): ProcessRow | null {
  try {
    return parseStat(readFileSync(`/proc/${entry}/stat`, "utf8"), statSync(`/proc/${entry}`).uid);
  } catch {
    return null; // it ended between the listing and the reading
  }
}
