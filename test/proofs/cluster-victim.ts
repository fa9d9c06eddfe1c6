/**
 * A run on the test cluster that injects one fault and waits to be killed: cluster-victim.ts PLATFORM STATE-FOLDER FAULT RUN-ID. FAULT is
 * JSON: {fault, selector, parameters, expiresAfterMs, holdMs}. It prints each edge of the fault. Nobody guards it: what ends after its death
 * ends by the kernel, by its container's own script, or by the reaper.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { faultNamed } from "../../src/fault/catalogue.ts";
import { planFault } from "../../src/fault/choice.ts";
import { inject } from "../../src/fault/injection.ts";
import { JournalFile } from "../../src/journal/write.ts";
import { kubernetesKind } from "../../src/platform/kubernetes/kind.ts";
import { monotonicClock } from "../../src/std/clock.ts";
import { seededRandom } from "../../src/std/random.ts";

const [platformText = "", stateFolder = "", faultText = "", runId = ""] = process.argv.slice(2);
const clock = monotonicClock();
const signal = new AbortController().signal;
const reference = JSON.parse(platformText);
const { fault, selector = {}, parameters = {}, expiresAfterMs, holdMs } = JSON.parse(faultText);
const journal = await JournalFile.create(join(stateFolder, "journal"), { runId, platform: reference }, clock);
const context = { runId, clock, planFolder: ".", stateFolder, logFolder: stateFolder };
const platform = await kubernetesKind.create(reference, context);
await platform.prepare(signal);
process.stdout.write("prepared\n");
const injection = await inject(
  platform,
  planFault(faultNamed(fault), { selector, parameters, random: seededRandom(runId) }),
  {
    experiment: "one",
    runId,
    clock,
    journal,
    emit: (event) => {
      if (event.type === "fault") process.stdout.write(`${event.edge} ${event.target}\n`);
    },
    expiresAfterMs,
    signal,
  },
);
await delay(holdMs);
await injection.heal();
process.stdout.write("healed all\n");
await delay(60_000);
