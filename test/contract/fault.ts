/**
 * The contract of faults: what every kind must do on every platform. An adapter's test calls `faultContract` once. A kind that
 * the platform cannot do needs a stated reason, and a kind whose capabilities the platform has must not be skipped.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { FAULTS } from "../../src/fault/catalogue.ts";
import { type Injection, inject } from "../../src/fault/injection.ts";
import { DEFAULT_DEADLINES } from "../../src/fault/live-change.ts";
import type { Parameters } from "../../src/fault/parameter.ts";
import type { FaultKind } from "../../src/fault.ts";
import { readJournal } from "../../src/journal/read.ts";
import { capabilityOf, type Platform, type Residue } from "../../src/platform.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import { type FaultContract, type FaultRow, Stage } from "./stage.ts";

/** Declares the suite; must be called at the top level of a test file. */
export function faultContract(name: string, contract: FaultContract): void {
  describe(`faults on ${name}`, { concurrency: false }, () => {
    const stage = new Stage(contract);
    before(() => stage.open());
    after(() => stage.close());
    test("every skip names a kind and gives a reason", () => {
      for (const [fault, reason] of Object.entries(contract.skips)) {
        assert.ok(
          FAULTS.some((kind) => kind.name === fault),
          `"${fault}" is no fault`,
        );
        assert.ok(reason.split(" ").length >= 4, `"${fault}" needs a reason in words`);
      }
    });
    for (const kind of FAULTS) {
      const skip = contract.skips[kind.name] ?? false;
      for (const variant of variantsOf(kind))
        test(`${nameOf(kind, variant)} bites and heals with witnesses, and leaves nothing behind`, { skip }, () =>
          stage.play(() => bitesAndHeals(stage, kind, variant)),
        );
      test(`${kind.name}: undoing a change that was never made does nothing`, { skip }, () =>
        stage.play(() => revertIsHarmless(stage, kind)),
      );
    }
  });
}

/**
 * Returns the defaults and every alternative of each choice parameter (drop and reject, out and in), and one variant with peers.
 */
function variantsOf(kind: FaultKind): Parameters[] {
  const others = Object.entries(kind.parameters).flatMap(([name, { type, default: usual }]) =>
    type.is === "choice" ? type.of.filter((one) => one !== usual).map((one) => ({ [name]: one })) : [],
  );
  const peers = kind.parameters["peers"] === undefined ? [] : [{ peers: { role: "redis" } }];
  return [{}, ...others, ...peers];
}

function nameOf(kind: FaultKind, variant: Parameters): string {
  const given = Object.entries(variant).map(
    ([name, value]) => ` with ${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `${kind.name}${given.join("")}`;
}

async function bitesAndHeals(stage: Stage, kind: FaultKind, variant: Parameters): Promise<void> {
  await stage.healthy();
  const runId = stage.nextRunId();
  const events: TimelineEvent[] = [];
  await using journal = await stage.journal(runId);
  const injection = await inject(stage.platform, stage.faultOf(kind, variant), {
    experiment: kind.name,
    runId,
    clock: stage.clock,
    journal,
    emit: (event) => {
      events.push(event);
      stage.note(sayEvent(event), event.atMs);
    },
    expiresAfterMs: 300_000,
    deadlines: { ...DEFAULT_DEADLINES, ...stage.contract.deadlines },
    signal: stage.signal,
  });
  await delay(stage.contract.holdMs);
  const heldUntilMs = stage.clock.nowMs();
  await healsTwice(injection);
  await stage.healthy();
  const residue = await stage.platform.restore(stage.signal);
  const row = { ...rowOf(injection, events, heldUntilMs, residue), with: variant };
  assert.deepEqual(residue, []);
  assert.deepEqual((await readJournal(journal.path)).open, []);
  stage.contract.record?.(row);
}

async function healsTwice(injection: Injection): Promise<void> {
  await injection[Symbol.asyncDispose]();
  const healings = await injection.heal();
  assert.equal(healings.length, injection.changes.length);
  for (const { change, because } of healings)
    assert.deepEqual([change.capability, change.target.id, because], [change.capability, change.target.id, []]);
}

function sayEvent(event: TimelineEvent): string {
  if (event.type !== "fault") return event.type;
  const { edge, capability, target, witness, because } = event;
  const seen = witness === undefined ? "" : `, ${witness.source}: ${witness.says}`;
  return `${capability} of ${target}: ${edge}${seen}${because === undefined ? "" : `, ${because}`}`;
}

/** Returns the row, after asserting that each change has both of its witnesses, in order. */
function rowOf(
  injection: Injection,
  events: readonly TimelineEvent[],
  heldUntilMs: number,
  residue: readonly Residue[],
): FaultRow {
  const faults = events.filter((event) => event.type === "fault");
  const witnesses = (edge: "bit" | "healed") =>
    faults.filter((event) => event.edge === edge).map((event) => event.witness);
  const told = faults.filter((event) => event.because !== undefined).map((event) => `${event.edge}: ${event.because}`);
  assert.deepEqual(told, []);
  assert.equal(witnesses("bit").length, injection.changes.length);
  assert.equal(witnesses("healed").length, injection.changes.length);
  const say = (edge: "bit" | "healed") => witnesses(edge).map((one) => `${one?.source}: ${one?.says}`);
  const atMs = (edge: string) => faults.filter((event) => event.edge === edge).map((event) => event.atMs);
  return {
    fault: injection.kind,
    with: {},
    targets: injection.targets.map((target) => target.id),
    biteMs: Math.round(Math.max(...atMs("bit")) - Math.min(...atMs("commanded"))),
    healMs: Math.round(Math.max(...atMs("healed")) - heldUntilMs),
    biteWitness: say("bit").join("; "),
    healWitness: say("healed").join("; "),
    residue,
  };
}

async function revertIsHarmless(stage: Stage, kind: FaultKind): Promise<void> {
  await stage.healthy();
  const { platform, signal } = stage;
  const topology = await platform.topology(signal);
  const rounds = stage.faultOf(kind).choose(topology);
  const id = `${stage.nextRunId()}/${kind.name}/1`;
  for (const { capability, target, parameters } of rounds.flatMap((round) => round.requests)) {
    const able = capabilityOf(platform, capability);
    assert.ok(able, `${platform.kind} can ${capability}`);
    const prior = await able.prior(target, parameters, signal);
    const reference = { id: target.id, role: target.role, node: target.node };
    const change = { id, capability, target: reference, parameters, prior, expiresAfterMs: null };
    await able.revert(change, signal);
    await able.revert(change, signal);
    assert.equal(await able.bitten(change, signal), null, "what was never made is not seen");
  }
  assert.deepEqual(leaders(await platform.topology(signal)), leaders(topology));
  await stage.healthy();
}

function leaders(topology: Awaited<ReturnType<Platform["topology"]>>): string[] {
  return topology.filter((target) => target.leader).map((target) => target.id);
}
