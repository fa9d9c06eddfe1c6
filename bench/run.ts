/**
 * `npm run bench`: measures Gameday against its peers in one run. Rounds are interleaved, ratios are formed within a round, and
 * their median counts; so a busy machine affects them less than any absolute figure. Takes about twelve minutes on a quiet
 * machine. Writes bench/results.json; with --only, bench/.peers/results.json.
 *
 *     node bench/run.ts [--rounds 3] [--seconds 10] [--only script,flat,thousand,users,open,stall,starts,startup,soak,coordinator,checkers,page,dashboard]
 *
 * Peers are measured where they are on the PATH; autocannon and undici come with `npm ci`. The rows of a peer that is not there
 * print "not installed", and keep the last figure with its date. Exits with 1 when a target is missed.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Bench, type Part, PEERS } from "./bench.ts";
import { atLeast, type Goal, keep, met, say, withLastFigures } from "./goals.ts";
import { checkers } from "./parts/checkers.ts";
import { flat, script, thousand } from "./parts/closed.ts";
import { coordinator } from "./parts/coordinator.ts";
import { dashboard } from "./parts/dashboard.ts";
import { open, stall, starts, startup } from "./parts/open.ts";
import { page } from "./parts/page.ts";
import { soak, users } from "./parts/users.ts";

const PARTS: Readonly<Record<string, Part>> = {
  script,
  flat,
  thousand,
  users,
  open,
  stall,
  starts,
  startup,
  soak,
  coordinator,
  checkers,
  page,
  dashboard,
};

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "10" },
    only: { type: "string", default: "" },
  },
});

/** Runs one part. A part that cannot be measured must not lose the others' figures. */
async function goalsOf(name: string, part: Part, bench: Bench): Promise<Goal[]> {
  try {
    return await part(bench);
  } catch (thrown) {
    console.error(`${name}: ${thrown instanceof Error ? thrown.message : thrown}`);
    return [atLeast(name, null, 0, "")];
  }
}

const bench = new Bench({ rounds: Number(flags.rounds), seconds: Number(flags.seconds) });
const wanted = flags.only === "" ? Object.keys(PARTS) : flags.only.split(",");
const goals: Goal[] = [];
for (const name of wanted) {
  const part = PARTS[name];
  if (part === undefined)
    throw new Error(`expected a part of the bench (${Object.keys(PARTS).join(", ")}), got ${name}`);
  goals.push(...(await goalsOf(name, part, bench)));
}
const committed = join(import.meta.dirname, "results.json");
const all = withLastFigures(goals, committed);
keep(flags.only === "" ? committed : join(PEERS, "results.json"), all, bench.raw);
console.log(say(all));
if (!all.every(met)) process.exitCode = 1;
