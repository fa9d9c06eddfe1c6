/** Flags of k6, Locust and other tools that gameday does not have: each is answered with what to type instead. */
import { Option } from "commander";

const SUMMARY = "--json FILE writes the summary, and --out FOLDER every interval, operation and event";
const CSV = "--json FILE writes the statistics; --requests-csv with --out FOLDER writes each request";
const SCRIPT = "the script is the argument: gameday load script.ts";
const WORKERS =
  "use --listen HOST:PORT --workers N here, and gameday worker --join http://HOST:PORT on the other machines";
const CLOSED_RATE =
  '--rate N/s starts that many iterations a second; a closed model is slowed down by think: { pacing: "1s" }';

/** The declaration for commander, and the hint. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ["--summary-export [file]", SUMMARY],
  ["--summary-mode [mode]", SUMMARY],
  ["--summary-trend-stats [list]", "the summary has p50 to p99.9 and max; --json FILE also has mean and min"],
  ["--summary-time-unit [unit]", "all times are in ms"],
  ["--rps [n]", CLOSED_RATE],
  ["--tag [tag]", 'tags belong to the script: scenario({ tags: { release: "7" } })'],
  ["--config [file]", "a plan (YAML) for gameday run can hold all of this, and faults"],
  ["--discard-response-bodies", "--keep-body 0, or discardBody: true in the options of a call"],
  ["--vus-max [n]", "--max-vus"],
  ["--stop-timeout [time]", "--graceful-stop"],
  ["-f, --locustfile [file]", SCRIPT],
  ["--csv [prefix]", CSV],
  ["--html [file]", SUMMARY],
  ["--master", WORKERS],
  ["--worker", WORKERS],
  ["--expect-workers [n]", WORKERS],
  ["--exit-code-on-error [code]", "thresholds decide the exit code: --threshold 'http_req_failed: rate < 0.01'"],
  ["-n, --requests [n]", "--iterations"],
  ["-c, --connections [n]", "--vus: each user has a connection of its own"],
];

export function foreignOptions(): Option[] {
  return FOREIGN.map(([flags]) => new Option(flags).hideHelp());
}

/** Returns the first of these flags that was given; null if there is none. */
export function foreignHint(flags: object): { readonly flag: string; readonly hint: string } | null {
  for (const [declared, hint] of FOREIGN) {
    const option = new Option(declared);
    if (option.attributeName() in flags) return { flag: option.long ?? declared, hint };
  }
  return null;
}
