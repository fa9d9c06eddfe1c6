/**
 * `npm run prove:seeds [-- COUNT]`: runs COUNT (1,000) honest fakes, of which none may fail and 99 % must pass, and as many
 * liars, each of which must be flagged as its row expects. Adds a row to docs/track-record/seeds.json for each 50 and resumes
 * where the table ends.
 */
import { playHonest, playLiar } from "../test/mutants/seeds.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/seeds.json";
const CHUNK = 50;

interface SeedRow extends Row {
  readonly kind: "honest" | "liar";
  readonly from: number;
  readonly count: number;
  readonly seconds: number;
  /** The verdicts of the honest fakes. */
  readonly verdicts: { readonly pass: number; readonly unknown: number; readonly fail: number };
  /** The number of liars that were flagged as expected. */
  readonly flagged: number;
  /** Each fake whose verdict is not as it should be, with the reason. */
  readonly exceptions: readonly string[];
}

async function honestRow(from: number, count: number): Promise<Omit<SeedRow, keyof Row | "seconds">> {
  const verdicts = { pass: 0, unknown: 0, fail: 0 };
  const exceptions: string[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const { status, because } = await playHonest(String(seed));
    verdicts[status]++;
    if (because !== null) exceptions.push(`seed ${seed} ${status}: ${because.slice(0, 400)}`);
  }
  return { kind: "honest", from, count, verdicts, flagged: 0, exceptions };
}

async function liarRow(from: number, count: number): Promise<Omit<SeedRow, keyof Row | "seconds">> {
  const exceptions: string[] = [];
  for (let number = from; number < from + count; number++) {
    const { flagged, name, finding } = await playLiar(number);
    if (!flagged) exceptions.push(`liar ${number} ${name}: ${finding.slice(0, 400)}`);
  }
  const verdicts = { pass: 0, unknown: 0, fail: 0 };
  return { kind: "liar", from, count, verdicts, flagged: count - exceptions.length, exceptions };
}

const wanted = Number(process.argv[2] ?? 1000);
let record = readRecord<SeedRow>(FILE, "honest fakes pass, lying fakes are flagged", "npm run prove:seeds");
const done = (kind: SeedRow["kind"]) =>
  record.rows.filter((row) => row.kind === kind).reduce((sum, { count }) => sum + count, 0);

for (const kind of ["honest", "liar"] as const) {
  while (done(kind) < wanted) {
    const [from, count] = [done(kind), Math.min(CHUNK, wanted - done(kind))];
    const started = performance.now();
    const figures = await (kind === "honest" ? honestRow(from, count) : liarRow(from, count));
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const date = new Date().toISOString().slice(0, 19);
    record = addRow(FILE, record, {
      command: "npm run prove:seeds",
      commit: commit(),
      seed: `${from}`,
      date,
      seconds,
      ...figures,
    });
    console.log(`${kind} ${from} to ${from + count - 1}: ${figures.exceptions.length} exceptions in ${seconds} s`);
    for (const exception of figures.exceptions) console.log(`  ${exception}`);
  }
}

const sum = (of: (row: SeedRow) => number) => record.rows.reduce((total, row) => total + of(row), 0);
const [pass, unknown, fail] = [
  sum((row) => row.verdicts.pass),
  sum((row) => row.verdicts.unknown),
  sum((row) => row.verdicts.fail),
];
const [honest, liars, flagged] = [done("honest"), done("liar"), sum((row) => row.flagged)];
console.log(`${honest} honest: ${pass} pass, ${unknown} unknown, ${fail} fail; ${liars} liars: ${flagged} flagged`);
process.exitCode = fail === 0 && pass >= 0.99 * honest && flagged === liars ? 0 : 1;
