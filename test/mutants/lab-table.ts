/** The track record of the rows that were played on the lab: docs/track-record/mutants-lab.json. */
import { addRow, commit, type Row, readRecord, type TrackRecord } from "../../scripts/track-record.ts";
import { isCrash, isRight, type Result } from "./referee.ts";

const FILE = "docs/track-record/mutants-lab.json";
const COMMAND = "npm run prove:mutants-lab";

export type LabTableRow = Row & Omit<Result, "kept"> & { readonly ms: number };

export class LabTable {
  #record: TrackRecord<LabTableRow>;
  readonly #since: string;

  constructor(record: TrackRecord<LabTableRow>, since: string) {
    this.#record = record;
    this.#since = since;
  }

  /** Opens the table. Rows that were played before `since`, a date as in the table, do not count as played. */
  static open(since: string): LabTable {
    const proof = "platforms with real parts that are broken are flagged, and healthy ones are not";
    return new LabTable(readRecord<LabTableRow>(FILE, proof, COMMAND), since);
  }

  /** Returns the newest result of a row; undefined when it is to be played, or played again because it was not as expected. */
  resultOf(name: string): Result | undefined {
    const newest = this.#record.rows.findLast((row) => row.name === name && row.date >= this.#since);
    return newest !== undefined && isRight(newest) ? newest : undefined;
  }

  /** Adds a result; a row that could not be played is not recorded. `ms` is the time from its start to its verdict. */
  add(result: Result, seed: string, ms: number): void {
    if (isCrash(result)) return;
    const { kept: _kept, ...told } = result;
    const date = new Date().toISOString().slice(0, 19);
    const row = { command: COMMAND, commit: commit(), seed, date, ...told, ms: Math.round(ms) };
    this.#record = addRow(FILE, this.#record, row);
  }
}
