/** Measures the checkers on large and on hard histories: CPU seconds and memory of a process that does nothing else. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Part } from "../bench.ts";
import { atMost, type Goal } from "../goals.ts";

/** One output line of bench/checkers.ts. */
interface Measure {
  readonly name: string;
  readonly cpuMs?: number;
  readonly cpuMsLimit?: number;
  readonly megabytes?: number;
  readonly megabytesLimit?: number;
  readonly ms: number;
  readonly msLimit?: number;
  readonly holds: boolean;
}

/** Each goal also requires the right answer: a wrong one counts as not measured. */
export const checkers: Part = async () => {
  const script = join(import.meta.dirname, "..", "checkers.ts");
  const { stdout } = spawnSync(process.execPath, [script], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const measures = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Measure]));
  return [
    ...measures.flatMap(goalsOf),
    atMost("checkers that miss a limit or answer wrongly", missed(measures), 0, ""),
  ];
};

function goalsOf({ name, cpuMs, cpuMsLimit, megabytes, megabytesLimit, ms, msLimit }: Measure): Goal[] {
  const [used, limit] = cpuMs === undefined ? [ms, msLimit] : [cpuMs, cpuMsLimit ?? msLimit];
  return [
    ...(limit === undefined ? [] : [atMost(`${name}: CPU`, used / 1_000, limit / 1_000, "s")]),
    ...(megabytesLimit === undefined ? [] : [atMost(`${name}: memory`, megabytes ?? null, megabytesLimit, "MB")]),
  ];
}

/** Counts the missed limits. A measure that printed nothing was ended by a signal, such as an abort. */
function missed(measures: readonly Measure[]): number | null {
  return measures.length === 0
    ? null
    : measures.filter(({ holds }) => !holds).length + Math.max(0, MEASURES - measures.length);
}

/** The number of lines that bench/checkers.ts prints. */
const MEASURES = 11;
