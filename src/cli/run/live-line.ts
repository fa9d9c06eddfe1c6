/** The line that is redrawn each second while a run lasts. At any width it shows the current activity and the time left. */
import type { LiveLoad } from "../../load/count/live.ts";

export interface LiveLine {
  readonly time: string;
  readonly phase: string;
  readonly load: LiveLoad | null;
  readonly replicas: string | null;
  /** null: no fault is in force. */
  readonly fault: string | null;
  readonly left: string;
}

/** The shortest length to which the name of a fault is cut; less would be meaningless. */
const FAULT_LETTERS_MIN = 12;

/** Returns the full line if it fits; otherwise short words; then the fault is cut, and finally the whole line. */
export function liveLine(line: LiveLine, columns: number): string {
  const full = inWords(line);
  if (full.length <= columns) return full;
  const room = columns - terse({ ...line, fault: line.fault === null ? null : "" }).length;
  const { fault } = line;
  const cut =
    fault === null || fault.length <= room ? fault : `${fault.slice(0, Math.max(FAULT_LETTERS_MIN, room) - 1)}…`;
  return terse({ ...line, fault: cut }).slice(0, Math.max(1, columns));
}

function inWords({ time, phase, load, replicas, fault, left }: LiveLine): string {
  const figures = load === null ? [] : figuresOf(load);
  const [users, rate, p95, errors] = figures;
  return [
    `${time} ${phase}`,
    ...(figures.length === 0 ? [] : [`${users} users`, `${rate}/s`, `p95 ${p95} ms`, `errors ${errors} %`]),
    ...(replicas === null ? [] : [`replicas ${replicas}`]),
    fault === null ? "no fault" : `FAULT ${fault}`,
    `~${left} left`,
  ].join(" | ");
}

function terse({ time, phase, load, replicas, fault, left }: LiveLine): string {
  const figures = load === null ? [] : figuresOf(load);
  const [users, rate, p95, errors] = figures;
  return [
    `${time} ${phase}`,
    ...(figures.length === 0 ? [] : [`${users}u ${rate}/s ${p95}ms err ${errors}%`]),
    ...(replicas === null ? [] : [replicas]),
    fault === null ? "no fault" : `FAULT ${fault}`,
    `~${left}`,
  ].join(" | ");
}

function figuresOf({ users, requestsPerSecond, p95Ms, failedFraction }: LiveLoad): string[] {
  const p95 = p95Ms === null ? "-" : p95Ms.toFixed(0);
  return [String(users), requestsPerSecond.toFixed(0), p95, (failedFraction * 100).toFixed(1)];
}
