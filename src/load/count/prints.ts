/** What scripts print: kept as notes, apart from the engine's own, and only so much of it that a storm hides nothing. */
import type { Json } from "../../std/json.ts";

const LINES_MAX = 1_000;
const LENGTH_MAX = 2_000;

/** The detail of a note that a script printed. */
export const PRINTED: Json = { printed: true };

export function isPrinted(detail: Json | undefined): boolean {
  return typeof detail === "object" && detail !== null && "printed" in detail;
}

/** Takes the lines of one worker. */
export function printsOf(keep: (says: string) => void): (line: string) => void {
  let lines = 0;
  return (line) => {
    if (line.trim() === "" || ++lines > LINES_MAX + 1) return;
    if (lines > LINES_MAX) keep(`(more than ${LINES_MAX} lines were printed: the others are not kept)`);
    else keep(line.slice(0, LENGTH_MAX));
  };
}
