/**
 * The lab's autoscaler on real parts, with a sync every second so that minutes become seconds: idle, up, down, and no request
 * refused.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { autoscalerSchema } from "../../src/autoscaler/config.ts";
import { recompute, type SyncRecord } from "../../src/autoscaler/recompute.ts";
import { createLab } from "../../src/platform/lab.ts";
import { monotonicClock } from "../../src/std/clock.ts";
import { pause, until } from "../../src/std/wait.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import { folderOfTestFile } from "./gameday.ts";

const signal = new AbortController().signal;
const folder = folderOfTestFile("autoscaling");
const target = { type: "Utilization", averageUtilization: 50 };
const autoscaler = {
  minReplicas: 3,
  maxReplicas: 5,
  metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
  behavior: { scaleDown: { stabilizationWindowSeconds: 3 } },
  syncPeriodSeconds: 1,
  cpuInitializationPeriodSeconds: 2,
};
const directory = join(import.meta.dirname, "lab-app");
const app = { command: ["node", "busy.mjs"], directory, cpuRequestMillicores: 100, gracePeriod: "3s", autoscaler };
const clock = monotonicClock();
const lab = createLab({ kind: "lab", app }, { folder: ".", logFolder: join(folder, "log"), clock, runId: "e2e" });

type Replicas = Extract<TimelineEvent, { type: "replicas" }>;
const events: Replicas[] = [];
const syncs = () => events.filter((event) => event.detail !== undefined);
const ready = () => events.at(-1)?.ready;
/** Returns the number of replicas that still run, including those that the lab has given up. */
const processes = () => globSync("/proc/[0-9]*/cmdline").filter((file) => runsApp(file)).length;

describe("the lab's autoscaler", { timeout: 180_000 }, () => {
  const watching = new AbortController();
  let watch: Promise<void> | undefined;
  before(async () => {
    await lab.prepare(signal);
    watch = lab.watch((event) => event.type === "replicas" && events.push(event), watching.signal);
  });
  after(async () => {
    watching.abort();
    await watch;
    await lab[Symbol.asyncDispose]();
  });

  test("reports in the lab's health that it sees the replicas' CPU", async () => {
    const line = async () => (await lab.health(signal)).find(({ name }) => name === "autoscaler");
    await until(async () => (await line())?.ok, { what: "an active autoscaler", deadlineMs: 10_000, signal });
    assert.match((await line())?.seen ?? "", /^3 desired, CPU at \d+ % of the request, ValidMetricFound/);
  });

  test("leaves three replicas alone while there is no load", async () => {
    await until(() => syncs().length >= 12, { what: "12 syncs", deadlineMs: 30_000, signal });
    assert.ok(syncs().every(({ current, desired }) => current === 3 && desired === 3));
  });

  test("scales up under load and down after it, and no request fails meanwhile", async () => {
    const ending = new AbortController();
    const gentle = users(2, 0, 100, ending.signal); // This is less load than three replicas are worth.
    const busyEnd = new AbortController();
    const busy = users(8, 15, 40, busyEnd.signal);
    await until(() => ready() === 5, { what: "5 ready replicas", deadlineMs: 30_000, signal });
    busyEnd.abort();
    const failedUp = await busy;
    await until(() => ready() === 3, { what: "3 ready replicas", deadlineMs: 40_000, signal });
    await until(() => processes() === 3, { what: "the leaving ones to have ended", deadlineMs: 20_000, signal });
    ending.abort();
    assert.deepEqual([failedUp, await gentle], [[], []]);
  });

  test("records each sync, from which each decision follows", () => {
    const records = syncs().map(({ detail }) => detail as unknown as SyncRecord);
    const wanted = new Set(syncs().map(({ desired }) => desired));
    assert.ok(wanted.has(3) && wanted.has(5), `every way was gone: ${[...wanted]}`);
    assert.deepEqual(recompute(autoscalerSchema.parse(autoscaler), records), []);
  });
});

/** Runs `count` users that each send one request after the other with a pause. Returns all results other than 200. */
async function users(count: number, burnMs: number, pauseMs: number, end: AbortSignal): Promise<string[]> {
  const failed: string[] = [];
  const one = async () => {
    while (!end.aborted) {
      const status = await fetch(`${lab.endpoint()}/?burn=${burnMs}`).then(
        async (answer) => (await answer.text()) && answer.status,
        (trouble: unknown) => String(trouble),
      );
      if (status !== 200) failed.push(`${status}`);
      await pause(pauseMs, end).catch(() => undefined); // An abort ends the pause too.
    }
  };
  await Promise.all(Array.from({ length: count }, one));
  return failed;
}

function runsApp(file: string): boolean {
  try {
    return readFileSync(file, "utf8").endsWith("\0busy.mjs\0");
  } catch {
    return false; // The process ended during the check.
  }
}
