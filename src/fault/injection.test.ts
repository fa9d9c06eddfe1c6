import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { MemoryPlatform } from "../../test/contract/memory-platform.ts";
import type { FaultKind } from "../fault.ts";
import { JournalFile } from "../journal/write.ts";
import { monotonicClock } from "../std/clock.ts";
import { GamedayError } from "../std/errors.ts";
import { seededRandom } from "../std/random.ts";
import type { TimelineEvent } from "../timeline.ts";
import { planFault } from "./choice.ts";
import { type InjectionOptions, inject } from "./injection.ts";
import { drainNode } from "./kind/drain-node.ts";
import { killLeader } from "./kind/kill-leader.ts";
import type { Parameters } from "./parameter.ts";

const folder = await mkdtemp(join(tmpdir(), "gameday-injection-"));
after(() => rm(folder, { recursive: true }));
let run = 0;

interface Trial {
  readonly platform: MemoryPlatform;
  readonly journal: JournalFile;
  readonly events: TimelineEvent[];
  readonly edges: () => string[];
  readonly options: InjectionOptions;
}

async function trial(more: Partial<InjectionOptions> = {}): Promise<Trial> {
  const clock = monotonicClock();
  const runId = `run-${run++}`;
  const journal = await JournalFile.create(folder, { runId, platform: { kind: "memory" } }, clock);
  const events: TimelineEvent[] = [];
  const edges = () => events.map((event) => (event.type === "fault" ? `${event.edge} ${event.target}` : event.type));
  const options: InjectionOptions = {
    experiment: "one",
    runId,
    clock,
    journal,
    emit: (event) => events.push(event),
    expiresAfterMs: 60_000,
    deadlines: { stepMs: 500, biteMs: 120, healMs: 120 },
    signal: new AbortController().signal,
    ...more,
  };
  return { platform: new MemoryPlatform(), journal, events, edges, options };
}

const start = (t: Trial, kind: FaultKind, selector = {}, parameters: Parameters = {}) =>
  inject(t.platform, planFault(kind, { selector, parameters, random: seededRandom("7") }), t.options);

test("the leader is chosen, the bite and the healing are witnessed, and nothing is left", async () => {
  const t = await trial();
  {
    await using injection = await start(t, killLeader);
    assert.deepEqual(
      injection.targets.map((one) => one.id),
      ["postgres/n1"],
    );
    assert.equal(injection.bitten, true);
    assert.equal(t.platform.state.size, 1);
  }
  assert.deepEqual(
    t.edges(),
    ["commanded", "bit", "heal-commanded", "healed"].map((edge) => `${edge} postgres/n1`),
  );
  assert.equal(t.platform.state.size, 0);
  await t.journal[Symbol.asyncDispose]();
  assert.equal((await readdir(folder)).includes(`${t.options.runId}.ndjson`), false);
});

test("disposing twice heals once", async () => {
  const t = await trial();
  const injection = await start(t, killLeader, { role: "redis" });
  await injection[Symbol.asyncDispose]();
  await injection[Symbol.asyncDispose]();
  assert.equal(t.edges().filter((edge) => edge.startsWith("healed")).length, 1);
  await t.journal[Symbol.asyncDispose]();
});

test("an existing change stays: a node that was already cordoned", async () => {
  const t = await trial();
  t.platform.state.set("cordon node/n2", "cordoned by hand");
  await (await start(t, drainNode, { name: "node/n2" })).heal();
  assert.deepEqual([...t.platform.state], [["cordon node/n2", "cordoned by hand"]]);
  await t.journal[Symbol.asyncDispose]();
});

test("a bite that is not seen is reported, and the fault is healed all the same", async () => {
  const t = await trial();
  t.platform.blind.add("bitten stop");
  const injection = await start(t, killLeader);
  assert.equal(injection.bitten, false);
  await injection.heal();
  assert.deepEqual(
    t.edges(),
    ["commanded", "not-bitten", "heal-commanded", "healed"].map((edge) => `${edge} postgres/n1`),
  );
  await t.journal[Symbol.asyncDispose]();
});

test("a healing that is not seen is reported with its reason", async () => {
  const t = await trial();
  t.platform.blind.add("healed stop");
  const [healing] = await (await start(t, killLeader)).heal();
  assert.equal(healing?.reverted, true);
  assert.equal(healing?.witness, null);
  assert.match(healing?.because.join() ?? "", /seen healed within/);
  assert.equal(t.edges().at(-1), "not-healed postgres/n1");
  await t.journal[Symbol.asyncDispose]();
});

test("the injection does not wait for a platform that is gone for good", { timeout: 10_000 }, async () => {
  const t = await trial({ deadlines: { stepMs: 600_000, biteMs: 600_000, healMs: 600_000 } });
  const injection = await start(t, killLeader);
  const gone = () =>
    Promise.reject(new GamedayError({ code: "gone", expected: "it to go on", got: "its end", isFinal: true }));
  const { stop } = t.platform.can;
  Object.assign(stop ?? assert.fail(), { revert: gone, healed: gone });
  const [healing] = await injection.heal();
  assert.equal(healing?.witness, null);
  assert.match(healing?.because.join() ?? "", /expected it to go on, got its end/);
  assert.equal(t.edges().at(-1), "not-healed postgres/n1");
});

test("an injection without a target is an error and touches nothing", async () => {
  const t = await trial();
  await assert.rejects(start(t, killLeader, { role: "postgress" }), (thrown) => {
    return thrown instanceof GamedayError && thrown.code === "no-target" && thrown.hint === 'did you mean "postgres"?';
  });
  assert.deepEqual(t.events, []);
  await t.journal[Symbol.asyncDispose]();
});

test("more targets than the blast radius allows are an error, and nothing is touched", async () => {
  const t = await trial();
  await assert.rejects(start(t, drainNode, { role: "node", count: 3 }), /at most 2 of 3 "node"/);
  assert.equal(t.platform.state.size, 0);
  await t.journal[Symbol.asyncDispose]();
});

test("a change whose parameters do not match its capability is refused before anything is touched", async () => {
  const t = await trial();
  const changes: FaultKind["changes"] = (targets) =>
    targets.map((target) => ({ capability: "stop", target, parameters: { stayDown: "yes" } }) as never);
  await assert.rejects(start(t, { ...killLeader, changes }), { code: "capability-parameters" });
  assert.equal(t.platform.state.size, 0);
  assert.deepEqual(t.edges(), []);
});
