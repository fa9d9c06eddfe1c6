/** A run that injects a command fault and then waits to be killed: external-victim.ts REFERENCE STATE-FOLDER PARAMETERS. */
import { join } from "node:path";
import { planFault } from "../../src/fault/choice.ts";
import { inject } from "../../src/fault/injection.ts";
import { command } from "../../src/fault/kind/command.ts";
import { startWatchdog } from "../../src/fault/watchdog.ts";
import { JournalFile } from "../../src/journal/write.ts";
import { externalKind } from "../../src/platform/external/kind.ts";
import { monotonicClock } from "../../src/std/clock.ts";
import { seededRandom } from "../../src/std/random.ts";

const [reference = "", stateFolder = "", parameters = ""] = process.argv.slice(2);
const clock = monotonicClock();
const signal = new AbortController().signal;
const platformPlan = JSON.parse(reference);
const runId = "victim";
const journal = await JournalFile.create(join(stateFolder, "journal"), { runId, platform: platformPlan }, clock);
const context = { runId, clock, planFolder: ".", stateFolder, logFolder: stateFolder };
const platform = await externalKind.create(platformPlan, context);
const gameday = join(import.meta.dirname, "../../bin/gameday.mjs");
const watchdog = await startWatchdog({
  argv: [process.execPath, gameday, "watchdog", "--journal", journal.path],
  heard: () => undefined,
  signal,
});
const given = { selector: {}, parameters: JSON.parse(parameters), random: seededRandom("1") };
await inject(platform, planFault(command, given), {
  experiment: "one",
  runId,
  clock,
  journal,
  emit: () => undefined,
  expiresAfterMs: 300_000,
  assertGuarded: () => watchdog.assertAlive(),
  signal,
});
process.stdout.write("broken\n");
setInterval(() => undefined, 1_000);
