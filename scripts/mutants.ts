/**
 * `npm run mutants [-- --json] [--platform fake|lab|all] [--only NAME] [--seed SEED]`: plays broken platforms and healthy
 * look-alikes, and says of each whether the verdict flagged it. Exit 1 when a mutant was missed or a healthy one flagged.
 * --json prints rows {name, kind, platform, flagged, finding, expected} and nothing else.
 */
import { parseArgs } from "node:util";
import { ROWS } from "../test/mutants/catalogue.ts";
import { play } from "../test/mutants/play.ts";
import { isRight, type Result } from "../test/mutants/referee.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    platform: { type: "string", default: "fake" },
    only: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});

const chosen = ROWS.filter(
  ({ name, platform }) =>
    (values.platform === "all" || platform === values.platform) &&
    (values.only === undefined || name.includes(values.only)),
);
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort(new Error(`ended by ${name}`)));
const results: Result[] = [];
for (const row of chosen) {
  if (stop.signal.aborted) break;
  const result = await play(row, values.seed, stop.signal);
  results.push(result);
  if (!values.json) console.log(describe(result));
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
  const { name, kind, platform, finding, flagged } = result;
  const mark = isRight(result) ? "ok  " : "BAD ";
  return `${mark} ${platform} ${kind.padEnd(7)} ${flagged ? "flagged" : "clear  "} ${name.padEnd(38)} ${finding.slice(0, isRight(result) ? 140 : 600)}`;
}
