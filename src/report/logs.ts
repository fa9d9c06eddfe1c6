/** Lines of the platform's logs around a bite. They are no evidence: no verdict reads them, and a run folder may lack them. */

export interface LogLine {
  /** On the run's clock. */
  readonly atMs: number;
  /** The name of the file in the folder `logs`. */
  readonly file: string;
  readonly text: string;
}

/** A line of an excerpt; what a file repeats is shown once, with how many times it says so. */
export interface ExcerptLine extends LogLine {
  readonly times: number;
}

/** What the logs say around one bite. */
export interface LogExcerpt {
  readonly experiment: string;
  /** In order of time, at most LOG_LINES_MAX. */
  readonly lines: readonly ExcerptLine[];
  /** How many more lines the logs have in that time. */
  readonly more: number;
}

/** The time around a bite whose lines are shown. */
export const LOG_BEFORE_MS = 1_000;
export const LOG_AFTER_MS = 10_000;
/** The most lines of one excerpt; those nearest to the bite are kept. */
export const LOG_LINES_MAX = 40;

export function excerptOf(experiment: string, biteMs: number, lines: readonly LogLine[]): LogExcerpt {
  const near = lines
    .filter(({ atMs }) => atMs >= biteMs - LOG_BEFORE_MS && atMs <= biteMs + LOG_AFTER_MS)
    .sort((a, b) => a.atMs - b.atMs || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  const told = onceEach(near);
  const shown = [...told].sort((a, b) => Math.abs(a.atMs - biteMs) - Math.abs(b.atMs - biteMs)).slice(0, LOG_LINES_MAX);
  return { experiment, lines: told.filter((line) => shown.includes(line)), more: told.length - shown.length };
}

/** Folds the lines of a file that differ by numbers only, such as times and process ids, into the first of them. */
function onceEach(lines: readonly LogLine[]): ExcerptLine[] {
  const byText = new Map<string, { line: LogLine; times: number }>();
  for (const line of lines) {
    const words = `${line.file} ${line.text.replaceAll(/\d+/g, "#")}`;
    const known = byText.get(words);
    if (known === undefined) byText.set(words, { line, times: 1 });
    else known.times++;
  }
  return [...byText.values()].map(({ line, times }) => ({ ...line, times }));
}
