/** One line of `gameday check`. Pure. */
import type { CheckedLine } from "../../platform.ts";

export function checked(name: string, ok: boolean, expected: string, seen: string): CheckedLine {
  return { name, ok, expected, seen };
}
