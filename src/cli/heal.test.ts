import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { z } from "zod";
import { MemoryPlatform } from "../../test/contract/memory-platform.ts";
import type { World } from "../cli.ts";
import { JournalFile } from "../journal/write.ts";
import { CAPABILITIES } from "../platform/capability.ts";
import type { PlatformKind } from "../platform/kind.ts";
import type { Change } from "../platform.ts";
import { monotonicClock } from "../std/clock.ts";
import { faultsCommand } from "./faults.ts";
import { healCommand } from "./heal.ts";
import { stopCommand } from "./stop.ts";

const folder = await mkdtemp(join(tmpdir(), "gameday-heal-"));
after(() => rm(folder, { recursive: true }));

function kindOf(platform: MemoryPlatform | null, more: Partial<PlatformKind> = {}): PlatformKind {
  return {
    name: "memory",
    schema: z.looseObject({}),
    capabilities: CAPABILITIES,
    exclusive: false,
    tells: [],
    create: () => Promise.reject(new Error("healing never creates a platform")),
    plannedTopology: () => [],
    plannedCommands: () => [],
    attach: async () => platform,
    ...more,
  };
}

interface Said {
  readonly text: () => string;
  readonly code: () => number;
  readonly world: World;
}

function worldAt(stateFolder: string): Said {
  const written: string[] = [];
  const codes = [0];
  const stream = { isTTY: false, columns: 80, write: (text: string) => void written.push(text) };
  const world: World = {
    argv: [],
    self: [],
    env: { GAMEDAY_STATE: stateFolder },
    cwd: folder,
    pid: 1,
    uid: 0,
    owner: null,
    version: "0",
    stdout: stream,
    stderr: stream,
    now: () => new Date(0),
    onInterrupt: () => ({ [Symbol.dispose]: () => undefined }),
    onCrash: () => ({ [Symbol.dispose]: () => undefined }),
    exit: () => undefined,
    interrupt: () => undefined,
    isAlive: () => false,
    setExitCode: (code) => void codes.push(code),
  };
  return { text: () => written.join(""), code: () => codes.at(-1) ?? 0, world };
}

const change: Change = {
  id: "run-1/one/1",
  capability: "cut",
  target: { id: "node/n1", role: "node", node: "n1" },
  parameters: {},
  prior: null,
  expiresAfterMs: 1_000,
};

async function stateWithOneCut(): Promise<string> {
  const state = await mkdtemp(join(folder, "state-"));
  const header = { runId: "run-1", platform: { kind: "memory" } };
  await using journal = await JournalFile.create(join(state, "journal"), header, monotonicClock());
  await journal.intend(change);
  return state;
}

const heal = async (said: Said, ...kinds: PlatformKind[]) => {
  await healCommand(said.world, kinds, async () => []).parseAsync([], { from: "user" });
};

test("the changes of a dead run are undone from its journal, and the journal is deleted", async () => {
  const state = await stateWithOneCut();
  const platform = new MemoryPlatform([["cut node/n1", `whole ${change.id}`]]);
  const said = worldAt(state);
  await heal(said, kindOf(platform));
  assert.equal(platform.state.size, 0);
  assert.match(said.text(), /run-1: cut of node\/n1: healed\nall healed/);
  assert.equal(said.code(), 0);
  assert.deepEqual(await readdir(join(state, "journal")), []);
});

test("a change that cannot be undone is residue: named, exit 5, and still in the journal", async () => {
  const state = await stateWithOneCut();
  const platform = new MemoryPlatform([["cut node/n1", `whole ${change.id}`]]);
  platform.onStep = (what) => {
    if (what.startsWith("revert")) throw new Error("nft does not exist");
  };
  const said = worldAt(state);
  await heal(said, kindOf(platform));
  assert.match(said.text(), /residue at node\/n1: cut not undone: nft does not exist/);
  assert.equal(said.code(), 5);
  assert.equal((await readdir(join(state, "journal"))).length, 1);
});

test("a journal without open changes that a killed run left is deleted, but not beside a run in progress", async () => {
  const state = await stateWithOneCut();
  const [name = ""] = await readdir(join(state, "journal"));
  await writeFile(join(state, "journal", name), `${JSON.stringify({ journal: 1, runId: "run-1", platform: {} })}\n`);
  await writeFile(join(state, "journal", "torn.ndjson"), "");
  for (const [argv, left] of [
    [["--force"], [name, "torn.ndjson"]],
    [[], []],
  ] as const) {
    const said = worldAt(state);
    await healCommand(said.world, [kindOf(null)], async () => []).parseAsync([...argv], { from: "user" });
    assert.deepEqual([said.code(), await readdir(join(state, "journal"))], [0, left]);
  }
});

test("if the platform is gone, its changes are gone with it", async () => {
  const said = worldAt(await stateWithOneCut());
  await heal(said, kindOf(null));
  assert.match(said.text(), /its platform is gone/);
  assert.equal(said.code(), 0);
});

test("a platform that cannot be reached is reported, and does not keep others from being healed", async () => {
  const said = worldAt(await stateWithOneCut());
  const other = new MemoryPlatform([["cut node/n2", "whole of another run"]]);
  const unreachable = kindOf(null, { attach: () => Promise.reject(new Error("no route")) });
  await heal(said, unreachable, kindOf(other, { name: "single", exclusive: true }));
  assert.match(said.text(), /cannot be healed: no route/);
  assert.match(said.text(), /searching for residue by name on the memory/);
  assert.match(said.text(), /residue at cut node\/n2/);
  assert.equal(said.code(), 5);
});

test("if there is nothing to heal, the command reports it, with exit 0", async () => {
  const said = worldAt(join(folder, "fresh"));
  await heal(said, kindOf(null));
  assert.equal(said.text(), "nothing to heal\n");
  assert.equal(said.code(), 0);
});

test("heal --json reports what became of each change, and what is left", async () => {
  const platform = new MemoryPlatform([["cut node/n1", `whole ${change.id}`]]);
  const said = worldAt(await stateWithOneCut());
  await healCommand(said.world, [kindOf(platform)], async () => []).parseAsync(["--json"], { from: "user" });
  const report = JSON.parse(said.text());
  assert.deepEqual(
    report.changes.map((one: Record<string, unknown>) => [
      one["runId"],
      one["capability"],
      one["target"],
      one["healed"],
    ]),
    [["run-1", "cut", "node/n1", true]],
  );
  assert.deepEqual([report.residue, report.gone, report.flaws], [[], [], []]);
});

test("while a run is in progress its faults are not residue, so healing is refused unless forced", async () => {
  const platform = new MemoryPlatform([["cut node/n1", `whole ${change.id}`]]);
  const said = worldAt(await stateWithOneCut());
  const command = () =>
    healCommand(said.world, [kindOf(platform)], async () => [{ pid: 7, runId: "alive", since: "2026" }]);
  await assert.rejects(command().parseAsync([], { from: "user" }), {
    code: "run-in-progress",
    exitCode: 4,
    message: /run alive \(process 7/,
    hint: /gameday stop.*--force/,
  });
  assert.equal(platform.state.size, 1, "nothing was touched");
  await command().parseAsync(["--force"], { from: "user" });
  assert.equal(platform.state.size, 0);
});

test("stop ends the only run, and never guesses between several", async () => {
  const asked: number[] = [];
  const world = { ...worldAt(folder).world, interrupt: (pid: number) => void asked.push(pid) };
  const run = (pid: number) => ({ pid, runId: `run-${pid}`, since: "2026" });
  const stop = (running: ReturnType<typeof run>[], ...argv: string[]) =>
    stopCommand(world, async () => running).parseAsync(argv, { from: "user" });
  await stop([run(1)]);
  await assert.rejects(stop([run(2), run(3)]), { code: "nothing-to-stop", message: /run-2.*run-3/ });
  await assert.rejects(stop([]), /no run is in progress/);
  await assert.rejects(stop([run(2)], "run-9"), /"run-9"/);
  await stop([run(2), run(3)], "run-3");
  await stop([run(4), run(5)], "4");
  await stop([run(6), run(7)], "--all");
  assert.deepEqual(asked, [1, 3, 4, 6, 7]);
});

test("faults --json lists what each platform supports", async () => {
  const said = worldAt(folder);
  const kinds = [kindOf(null), kindOf(null, { name: "narrow", capabilities: ["stop"] })];
  await faultsCommand(said.world, kinds).parseAsync(["--json"], { from: "user" });
  const records: { name: string; platforms: Record<string, boolean> }[] = JSON.parse(said.text());
  assert.ok(records.length >= 20);
  assert.ok(records.every((record) => record.platforms["memory"] === true));
  const narrow = records.filter((record) => record.platforms["narrow"]).map((record) => record.name);
  assert.deepEqual(narrow, ["kill-leader", "kill-member", "kill-replicas", "kill-proxy", "repeated-kills"]);
});

test("faults prints every fault for people", async () => {
  const said = worldAt(folder);
  await faultsCommand(said.world, [kindOf(null)]).parseAsync([], { from: "user" });
  assert.match(said.text(), /^kill-leader +Kills the leader .*\n +on memory\n/);
});
