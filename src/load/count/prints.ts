/** Keeps what scripts print as notes, apart from the engine's own, and limits it so that a flood of output hides nothing. */
import type { Json } from "../../std/json.ts";

const LINES_MAX = 1_000;
const LENGTH_MAX = 2_000;

/** The detail of a note that a script printed. */
export const PRINTED: Json = { printed: true };

export function isPrinted(detail: Json | undefined): boolean {
  return typeof detail === "object" && detail !== null && "printed" in detail;
}

/** Returns a function that takes the lines of one worker and keeps at most LINES_MAX of them. */
export function printsOf(keep: (says: string) => void): (line: string) => void {
  let lines = 0;
  return (line) => {
    if (line.trim() === "" || ++lines > LINES_MAX + 1) return;
    if (lines > LINES_MAX) keep(`(more than ${LINES_MAX} lines were printed: the others are not kept)`);
    else keep(line.slice(0, LENGTH_MAX));
  };
}
