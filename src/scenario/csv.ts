/** Parses CSV by RFC 4180, strictly wherever leniency would change the content of a row. */

/** A syntax error, with the line of the file (from 1). */
export class CsvError extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

export interface CsvRow {
  readonly fields: readonly string[];
  /** The line of the file at which the row begins, from 1. */
  readonly line: number;
}

/** A field and the separator that ended it. A quoted field may contain commas, line ends and doubled quotes. */
const FIELD = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/** Returns the rows of fields; empty lines are skipped. Throws CsvError for a quote in a wrong place. */
export function parseCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let [line, begin] = [1, 1];
  FIELD.lastIndex = 0;
  for (let ended = false; !ended; ) {
    const at = FIELD.lastIndex;
    const found = FIELD.exec(text);
    if (found === null) throw new CsvError(problemAt(text, at), line);
    const [, quoted, plain = "", end = ""] = found;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (quoted !== undefined) line += lineEnds(quoted);
    if (end === ",") continue;
    if (fields.length > 1 || fields[0] !== "" || quoted !== undefined) rows.push({ fields, line: begin });
    line++;
    begin = line;
    fields = [];
    ended = end === "" || FIELD.lastIndex === text.length;
  }
  return rows;
}

function lineEnds(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function problemAt(text: string, at: number): string {
  if (text[at] !== '"') return "a quote within a field that is not quoted";
  return /^"[^"]*(?:""[^"]*)*"/.test(text.slice(at)) ? "text after the closing quote" : "a quote that is never closed";
}
