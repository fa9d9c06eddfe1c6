/** Refuses flags of `gameday load` that contradict each other, or whose value is the next flag, instead of guessing. */

import type { LoadFlags } from "./flags.ts";
import { foreignHint } from "./foreign-flags.ts";
import { wrong } from "./values.ts";

type Name = keyof LoadFlags;

const ITERATIONS: readonly Name[] = ["iterations", "sharedIterations", "perVuIterations"];

/** Only one flag of each row may be given. */
const ONE_OF: readonly (readonly Name[])[] = [
  ["vus", "users"],
  ["duration", "runTime"],
  ["stage", "duration"],
  ["stage", "runTime"],
  [...ITERATIONS, "stage"],
  [...ITERATIONS, "rate"],
  [...ITERATIONS, "spawnRate"],
  ["spawnRate", "stage"],
  ["spawnRate", "rate"],
];

export function refuseConflicts(flags: LoadFlags): void {
  const foreign = foreignHint(flags);
  if (foreign !== null) throw wrong("a flag of gameday load", foreign.flag, foreign.hint);
  refuseFormats(flags);
  for (const [name, value] of Object.entries(flags)) refuseSwallowed(name, value);
  for (const names of ONE_OF) {
    const [first, second] = names.filter((name) => flags[name] !== undefined).map(flagOf);
    if (second !== undefined) throw wrong(`one of ${names.map(flagOf).join(", ")}`, `${first} and ${second}`);
  }
  if (flags.maxVus !== undefined && flags.rate === undefined)
    throw wrong("--rate with --max-vus", "--max-vus alone", "--vus is the number of users of a closed model");
  if (flags.rate !== undefined && (flags.vus ?? flags.users) !== undefined) {
    const hint = "an open model starts users as it needs them, up to --max-vus";
    throw wrong("one of --vus and --rate", "both", hint);
  }
}

/** Refuses a flag whose value was forgotten: "--json --out results". Tokens may begin with anything. */
function refuseSwallowed(name: string, given: unknown): void {
  if (name === "token") return;
  for (const value of Array.isArray(given) ? given : [given])
    if (typeof value === "string" && /^--?[a-z]/i.test(value)) throw wrong(`a value for ${flagOf(name)}`, `"${value}"`);
}

function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Refuses the formats that k6's --out names; our output is always lines of JSON. */
function refuseFormats({ out }: LoadFlags): void {
  if (!/^(json|csv|influxdb|cloud|experimental-[a-z-]+)(=|$)/.test(out ?? "")) return;
  const hint =
    "--out FOLDER writes the evidence and its report, --requests-csv each request beside it, and --json FILE the summary";
  throw wrong("--out FOLDER", `"${out}"`, hint);
}
