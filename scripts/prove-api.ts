/**
 * `npm run prove:api [-- EXAMPLES]`: fuzzes the dashboard's API with schemathesis against its own OpenAPI document, with the token
 * and a run that goes on, and adds a row to docs/track-record/api.json. There must be no answer outside the document and no 500.
 * Needs Python: `python3 -m venv .venv && .venv/bin/pip install schemathesis==4.32.5`, and SCHEMATHESIS=.venv/bin/schemathesis if it
 * is not on the PATH. The stream is left out, because it does not end; test/e2e/dashboard-answers.test.ts holds its frames.
 */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dashboardFixture, TOKEN } from "../test/e2e/dashboard.fixture.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/api.json";
const VERSION = "4.32.5";
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
  "response_headers_conformance",
];

interface ApiRow extends Row {
  readonly tool: string;
  readonly seconds: number;
  readonly operations: number;
  readonly calls: number;
  /** Calls by the status of their answer. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly failures: number;
  readonly serverErrors: number;
}

const examples = Number(process.argv[2] ?? 100);
const program = process.env["SCHEMATHESIS"] ?? "schemathesis";
const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout?.trim() ?? "";
if (!version.includes(VERSION)) {
  console.error(`expected schemathesis ${VERSION}, got ${version === "" ? "none" : version}`);
  process.exit(4);
}

let clockMs = 0;
// Each look at the clock is a second later, so that the limits of calls in a time do not hide the answers that are tested.
await using one = await dashboardFixture({ monotonicMs: () => (clockMs += 1_000), isCodeAllowed: true });
goingRun("going");
const record = readRecord<ApiRow>(
  FILE,
  "the API answers as its document says, whatever it is sent",
  "npm run prove:api",
);
const seed = String(1 + record.rows.length);
const argv = [
  "run",
  `http://127.0.0.1:${one.port}/api/v1/openapi.json`,
  ...["--header", `Authorization: Bearer ${TOKEN}`],
  ...["--checks", CHECKS.join(","), "--max-examples", String(examples), "--seed", seed],
  ...[
    "--exclude-path-regex",
    "/stream$",
    "--request-timeout",
    "20",
    "--workers",
    "1",
    "--no-color",
    "--continue-on-failure",
  ],
];
const started = performance.now();
const output = await new Promise<string>((resolve) => {
  const child = spawn(program, argv, { cwd: join(one.folder, ".."), stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    process.stdout.write(chunk);
  });
  child.once("close", () => resolve(text));
});
const statuses = Object.fromEntries(
  [...one.statuses].sort(([a], [b]) => a - b).map(([status, count]) => [String(status), count]),
);
const calls = [...one.statuses.values()].reduce((sum, count) => sum + count, 0);
const failures = Number(/(\d+) unique failures/.exec(output)?.[1] ?? (/FAILURES/.test(output) ? 1 : 0));
const serverErrors = [...one.statuses].reduce((sum, [status, count]) => sum + (status >= 500 ? count : 0), 0);
const row: ApiRow = {
  command: `schemathesis run --checks ${CHECKS.join(",")} --max-examples ${examples} --seed ${seed}`,
  commit: commit(),
  seed,
  date: new Date().toISOString().slice(0, 19),
  tool: version,
  seconds: Math.round((performance.now() - started) / 100) / 10,
  operations: Number(/Operations:\s+(\d+)/.exec(output)?.[1] ?? 0),
  calls,
  statuses,
  failures,
  serverErrors,
};
addRow(FILE, record, row);
console.log(`${calls} calls: ${failures} failures, ${serverErrors} answers of 500 or more`);
process.exitCode = failures === 0 && serverErrors === 0 && calls > 0 ? 0 : 1;

/** Makes a run that goes on, so that controls are accepted as well as refused. */
function goingRun(id: string): void {
  const folder = join(one.folder, id);
  cpSync(join(one.folder, "fake"), folder, { recursive: true });
  for (const name of ["manifest.json", "verdict.json", "intervals.ndjson", "history.ndjson"])
    rmSync(join(folder, name));
  const run = join(folder, "run.json");
  writeFileSync(run, readFileSync(run, "utf8").replace(/"runId": "[^"]*"/, `"runId": "${id}"`));
  const file = join(folder, "timeline.ndjson");
  const lines = readFileSync(file, "utf8").split("\n");
  const end = lines.findIndex((line) => line.includes('"edge":"steady"'));
  writeFileSync(file, `${lines.slice(0, end + 1).join("\n")}\n`);
  one.alive.push({ runId: id, isControllable: true });
}
