/** All measures there are: one explicit list, in the order of the table in docs/guide/objectives.md. */
import type { Measure } from "./measure.ts";
import { recoverySeconds } from "./recovery-seconds.ts";
import { duplicatedWrites, lostWrites, rpoSeconds } from "./writes.ts";

export const MEASURES: readonly Measure[] = [recoverySeconds, lostWrites, duplicatedWrites, rpoSeconds];

export function measureNamed(name: string): Measure | undefined {
  return MEASURES.find((measure) => measure.name === name);
}
