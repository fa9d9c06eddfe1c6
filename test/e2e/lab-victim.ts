/** Boots a lab, prints when it is up, kills a leader, heals it, and holds. lab-kill.test.ts kills this process at any moment. */
import { createLab } from "../../src/platform/lab.ts";
import { capabilityOf } from "../../src/platform.ts";
import { monotonicClock } from "../../src/std/clock.ts";

const [logFolder = ""] = process.argv.slice(2);
const app = { command: ["node", "app.mjs"], directory: `${import.meta.dirname}/lab-app` };
const signal = new AbortController().signal;
const lab = createLab({ kind: "lab", app }, { folder: ".", logFolder, clock: monotonicClock(), runId: "victim" });

console.log("booting");
await lab.prepare(signal);
console.log("up");
const target = (await lab.topology(signal)).find((one) => one.role === "postgres" && one.leader);
const stop = capabilityOf(lab, "stop");
if (target === undefined || stop === undefined) throw new Error("expected a leader that can be stopped, got none");
const parameters = { stayDown: true, signal: "KILL" };
const prior = await stop.prior(target, parameters, signal);
const change = { id: "victim/1", capability: "stop" as const, target, parameters, prior, expiresAfterMs: 60_000 };
await stop.apply(change, signal);
console.log("fault");
await stop.revert(change, signal);
console.log("restored");
setInterval(() => undefined, 1_000);
