/** What a process of the lab printed, cut to its ends: the first lines say what it tried to do, and the last ones why it ended. */
import { statSync } from "node:fs";
import { readRange } from "../../std/file-range.ts";

const FIRST_LINES = 8;
const LAST_LINES = 12;
/** A minified bundle or a dump of an object is a single line, which would fill the screen. */
const LINE_LENGTH_MAX = 400;
const END_BYTES_MAX = 16 << 10;

/**
 * Returns, for an error message, the first and the last lines of a log and the file that has the rest. A log that is short is
 * returned as a whole.
 */
export function printed(log: string): string {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return `it wrote nothing to ${log}`;
  const whole = size <= 2 * END_BYTES_MAX;
  const first = linesOf(log, 0, whole ? size : END_BYTES_MAX);
  const last = whole ? first : linesOf(log, size - END_BYTES_MAX, size).slice(1); // the first of them is cut
  if (whole && first.length <= FIRST_LINES + LAST_LINES) return `it printed, to ${log}:\n${first.join("\n")}`;
  const left = whole ? `${first.length - FIRST_LINES - LAST_LINES} lines` : "most lines";
  const ends = [...first.slice(0, FIRST_LINES), `[... ${left} are only in ${log} ...]`, ...last.slice(-LAST_LINES)];
  return `it printed:\n${ends.join("\n")}`;
}

function linesOf(log: string, from: number, to: number): string[] {
  return readRange(log, from, to)
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => (line.length > LINE_LENGTH_MAX ? `${line.slice(0, LINE_LENGTH_MAX)} [...]` : line));
}
