/**
 * `npm run mutants [-- --json] [--platform fake|lab|all] [--only NAME] [--seed SEED]`: runs broken platforms and healthy
 * look-alikes, and reports for each whether the verdict flagged it. Exits with 1 when a mutant was missed or a healthy platform
 * was flagged. --json prints rows {name, kind, platform, flagged, finding, expected} and nothing else.
 *
 * On the lab a row takes the better part of a minute. `--platform lab` without --only is resumable: each row is added to
 * docs/track-record/mutants-lab.json as soon as it is known, and rows whose newest result is as expected are not run again.
 * `--since DATE` runs the rows again whose newest result is older than DATE (2026-11-30T20:00), and adds the new results.
 * `--minutes N` starts no row after that time. A row that could not be run at all is not added.
 */
import { parseArgs } from "node:util";
import { ROWS } from "../test/mutants/catalogue.ts";
import { LabTable } from "../test/mutants/lab-table.ts";
import { play } from "../test/mutants/play.ts";
import { isRight, type Result } from "../test/mutants/referee.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    platform: { type: "string", default: "fake" },
    only: { type: "string" },
    seed: { type: "string", default: "1" },
    since: { type: "string", default: "" },
    minutes: { type: "string", default: "Infinity" },
  },
});

const chosen = ROWS.filter(
  ({ name, platform }) =>
    (values.platform === "all" || platform === values.platform) &&
    (values.only === undefined || name.includes(values.only)),
);
const table = values.platform === "lab" && values.only === undefined ? LabTable.open(values.since) : null;
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort(new Error(`ended by ${name}`)));
const results: Result[] = [];
for (const row of chosen) {
  if (stop.signal.aborted || performance.now() > Number(values.minutes) * 60_000) break;
  const known = table?.resultOf(row.name);
  const beganMs = performance.now();
  const result = known ?? (await play(row, values.seed, stop.signal));
  results.push(result);
  if (known === undefined) table?.add(result, values.seed, performance.now() - beganMs);
  if (!values.json) console.log(`${describe(result)}${known === undefined ? "" : " (from an earlier run)"}`);
}
const count = (kind: Result["kind"]) => results.filter((result) => result.kind === kind);
const caught = count("mutant").filter(({ flagged }) => flagged).length;
const alarms = count("healthy").filter(({ flagged }) => flagged).length;
if (values.json) console.log(JSON.stringify(results, null, 1));
else {
  console.log(
    `${caught} of ${count("mutant").length} mutants flagged as expected; ${alarms} false alarms on ${count("healthy").length} healthy ones`,
  );
}
if (chosen.length === 0) console.error(`no row matches; known: ${ROWS.map(({ name }) => name).join(", ")}`);
process.exitCode = chosen.length > 0 && results.length === chosen.length && results.every(isRight) ? 0 : 1;

function describe(result: Result): string {
  const { name, kind, platform, finding, flagged, kept } = result;
  const mark = isRight(result) ? "ok  " : "BAD ";
  const told = finding.slice(0, isRight(result) ? 140 : 600);
  const where = kept === undefined ? "" : ` (kept in ${kept})`;
  return `${mark} ${platform} ${kind.padEnd(7)} ${flagged ? "flagged" : "clear  "} ${name.padEnd(38)} ${told}${where}`;
}
