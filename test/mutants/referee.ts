/** Decides whether a verdict contains what a row expects. Pure; works on any verdict.json as well. */
import type { Verdict } from "../../src/verdict.ts";
import type { Row } from "./row.ts";

/** One line of a verdict, from any part of it. */
interface Line {
  readonly key: string;
  readonly status: string;
  readonly because: string;
  readonly witnesses: readonly string[];
}

/**
 * A result as `npm run mutants -- --json` prints it. `flagged` means caught as expected for a mutant, and a false alarm for a
 * healthy row.
 */
export interface Result {
  readonly name: string;
  readonly kind: "mutant" | "healthy";
  readonly platform: "fake" | "lab";
  readonly flagged: boolean;
  /** What was found: the line and its status, or why the row is not as expected. */
  readonly finding: string;
  readonly expected: string;
  /** The folder in which an unexpected result is kept. */
  readonly kept?: string;
}

/** Returns whether a row turned out as it should. */
export function isRight({ kind, flagged }: Result): boolean {
  return flagged === (kind === "mutant");
}

export function referee(row: Row, verdict: Verdict): Result {
  const lines = linesOf(verdict);
  const problem = row.kind === "mutant" ? missed(row, verdict, lines) : alarm(row, lines);
  const { name, kind, platform, expected } = row;
  const wanted = expected === null ? "pass" : `${expected.finding} ${expected.status}`;
  const flagged = kind === "mutant" ? problem === null : problem !== null;
  return { name, kind, platform, flagged, finding: problem ?? seen(row, lines), expected: wanted };
}

const CRASHED = "crashed: ";

export function isCrash({ finding }: Result): boolean {
  return finding.startsWith(CRASHED);
}

/** Returns the result of a row that could not be played: neither flagged nor cleared. */
export function crashed({ name, kind, platform, expected }: Row, why: string): Result {
  const wanted = expected === null ? "pass" : `${expected.finding} ${expected.status}`;
  return { name, kind, platform, flagged: kind === "healthy", finding: `${CRASHED}${why}`, expected: wanted };
}

export function linesOf({ validity, findings, objectives }: Verdict): Line[] {
  const texts = (witnesses: (typeof findings)[number]["witnesses"]) =>
    witnesses.map(({ says, id, atMs }) =>
      [says, id, atMs === undefined ? undefined : `${atMs} ms`].filter(Boolean).join(" "),
    );
  return [
    ...validity.map((one) => ({ ...one, key: `validity/${one.checker}`, witnesses: texts(one.witnesses) })),
    ...findings.map((one) => ({
      ...one,
      key: `findings/${one.checker}/${one.object}`,
      witnesses: texts(one.witnesses),
    })),
    ...objectives.map((one) => ({ ...one, key: `objectives/${one.id}`, witnesses: one.explanation?.witnesses ?? [] })),
  ];
}

function missed(row: Row, verdict: Verdict, lines: readonly Line[]): string | null {
  const { expected } = row;
  if (expected === null) return "a mutant needs an expectation";
  const line = lines.find(({ key }) => key === expected.finding);
  if (line === undefined) return `the verdict has no line ${expected.finding}`;
  if (line.status !== expected.status) return `${line.key} is ${line.status}: ${line.because}`;
  if (!proves(line, expected.witness)) return `${line.key} has no witness with "${expected.witness}": ${line.because}`;
  if (verdict.verdict === "pass") return "the verdict is pass";
  return stray(lines, [expected.finding, ...(expected.also ?? [])]);
}

function alarm({ expected }: Row, lines: readonly Line[]): string | null {
  if (expected === null) return stray(lines, []);
  const line = lines.find(({ key }) => key === expected.finding);
  if (line?.status !== expected.status)
    return `${expected.finding} is ${line?.status ?? "not there"}: ${line?.because ?? ""}`;
  if (!proves(line, expected.witness)) return `${line.key} does not say "${expected.witness}": ${line.because}`;
  const failed = lines.find(({ status }) => status === "fail");
  if (failed !== undefined) return `${failed.key} is fail: ${failed.because}`;
  return stray(lines, [expected.finding, ...(expected.also ?? [])]);
}

function proves({ because, witnesses }: Line, text: string): boolean {
  return [because, ...witnesses].some((one) => one.includes(text));
}

/** Returns the first line that is not a pass and that the row does not expect. */
function stray(lines: readonly Line[], known: readonly string[]): string | null {
  const found = lines.find(({ key, status }) => status !== "pass" && !known.includes(key));
  return found === undefined ? null : `besides: ${found.key} is ${found.status}: ${found.because}`;
}

function seen({ expected }: Row, lines: readonly Line[]): string {
  const line = lines.find(({ key }) => key === expected?.finding);
  return line === undefined ? "pass" : `${line.key} ${line.status}: ${line.because}`;
}
