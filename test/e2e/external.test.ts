/** The platform "external" and the fault `command` with a real Redis on loopback, including the death of the tool. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { FAULTS } from "../../src/fault/catalogue.ts";
import { externalKind } from "../../src/platform/external/kind.ts";
import { monotonicClock } from "../../src/std/clock.ts";
import { exec, tryExec } from "../../src/std/exec.ts";
import { freePort } from "../../src/std/free-port.fixture.ts";
import { until } from "../../src/std/wait.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import { faultContract } from "../contract/fault.ts";
import { folderOfTestFile } from "./gameday.ts";

const signal = new AbortController().signal;
const folder = folderOfTestFile("external");
const script = join(import.meta.dirname, "redis-member.sh");
const front = createServer((_request, response) => response.end("well"));
await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
const port = await freePort();
const member = (what: string) => ["sh", script, what, String(port), folder];
const parameters = { check: member("check"), inject: member("down"), verify: member("broken"), heal: member("up") };
const reference = {
  kind: "external",
  endpoint: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
  members: [{ name: "redis/a", role: "redis", node: "vm-a", url: `redis://127.0.0.1:${port}` }],
};
const context = { runId: "e2e", clock: monotonicClock(), planFolder: ".", stateFolder: folder, logFolder: folder };

before(() => exec(member("up")));
after(async () => {
  await exec(member("down"));
  front.close();
});

faultContract("a platform that somebody else runs", {
  open: async () => await externalKind.create(externalKind.schema.parse(reference) as typeof reference, context),
  skips: Object.fromEntries(
    FAULTS.filter((kind) => kind.name !== "command").map((kind) => [
      kind.name,
      "only the plan's own commands break it",
    ]),
  ),
  given: { command: { with: parameters } },
  healthyWithinMs: 10_000,
  holdMs: 0,
});

/** Returns how often Redis has been queried for its role since it started. */
async function roleCalls(): Promise<number> {
  const { stdout } = await tryExec(["redis-cli", "-p", String(port), "info", "commandstats"]);
  return Number(/cmdstat_role:calls=(\d+)/.exec(stdout)?.[1] ?? 0);
}

test("its members report who leads, and a member that goes and comes back is an event each", async () => {
  const platform = await externalKind.create(reference, context);
  assert.deepEqual(
    (await platform.topology(signal)).map(({ id, node, leader, healthy }) => [id, node, leader, healthy]),
    [["redis/a", "vm-a", true, true]],
  );
  const events: TimelineEvent[] = [];
  const watching = new AbortController();
  const watch = platform.watch((event) => events.push(event), watching.signal);
  const seen = (count: number) =>
    until(() => events.length === count, { what: `${count} events`, deadlineMs: 10_000, signal });
  await until(() => exec(member("check")).then(() => true), { what: "redis", deadlineMs: 5_000, signal });
  // The watch emits no event for a check that finds nothing new, but Redis counts the checks; when the second has begun, the
  // first is over.
  const before = await roleCalls();
  await until(async () => (await roleCalls()) >= before + 2, { what: "two looks", deadlineMs: 10_000, signal });
  await exec(member("down"));
  await seen(1);
  assert.deepEqual(
    (await platform.health(signal)).map((line) => line.ok),
    [true, false, false],
  );
  await exec(member("up"));
  await seen(2);
  watching.abort();
  await watch;
  assert.deepEqual(
    events.map((event) => (event.type === "role" ? [event.was, event.is] : [])),
    [
      ["leader", "unreachable"],
      ["unreachable", "leader"],
    ],
  );
});

test("a run that is killed with SIGKILL leaves a watchdog that repairs what it broke", async () => {
  const victim = join(import.meta.dirname, "external-victim.ts");
  const stateFolder = join(folder, "state");
  const argv = [victim, JSON.stringify(reference), stateFolder, JSON.stringify(parameters)];
  const env = { ...process.env, GAMEDAY_STATE: stateFolder };
  const child = spawn(process.execPath, argv, { env, stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  await exec(member("broken"));
  child.kill("SIGKILL");
  await until(() => exec(member("check")).then(() => true), { what: "redis to be back", deadlineMs: 10_000, signal });
  const journals = () => readdirSync(join(stateFolder, "journal"));
  await until(() => journals().length === 0, { what: "the journal to be done with", deadlineMs: 20_000, signal });
});
