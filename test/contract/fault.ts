/**
 * The contract of faults: what every kind must do on every platform. An adapter's test calls `faultContract` once. A kind that
 * the platform cannot do needs a stated reason, and a kind whose capabilities the platform has must not be skipped.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { FAULTS } from "../../src/fault/catalogue.ts";
import { type PlannedFault, planFault } from "../../src/fault/choice.ts";
import { type Injection, inject } from "../../src/fault/injection.ts";
import { DEFAULT_DEADLINES, type FaultDeadlines } from "../../src/fault/live-change.ts";
import type { Parameters } from "../../src/fault/parameter.ts";
import type { FaultKind } from "../../src/fault.ts";
import { readJournal } from "../../src/journal/read.ts";
import { JournalFile } from "../../src/journal/write.ts";
import type { Selector } from "../../src/plan.ts";
import { capabilityOf, type Platform, type Residue } from "../../src/platform.ts";
import { type Clock, monotonicClock } from "../../src/std/clock.ts";
import { seededRandom } from "../../src/std/random.ts";
import { until } from "../../src/std/wait.ts";
import type { TimelineEvent } from "../../src/timeline.ts";

/** One row of the track record: what was observed of one kind on this platform. */
export interface FaultRow {
  readonly fault: string;
  /** Parameters that differ from the defaults. */
  readonly with: Parameters;
  readonly targets: readonly string[];
  /** The time from the first command to the last observed bite, and from the end of the hold to the last healing. */
  readonly biteMs: number;
  readonly healMs: number;
  readonly biteWitness: string;
  readonly healWitness: string;
  readonly residue: readonly Residue[];
}

export interface FaultContract {
  /** Starts the platform and returns it healthy; called once. */
  open(clock: Clock): Promise<Platform>;
  /** Kinds that cannot be shown on this platform, each with its reason. */
  readonly skips: Readonly<Record<string, string>>;
  /** The selector and parameters that a plan would give, where the defaults do not work on this platform. */
  readonly given?: Readonly<Record<string, { selector?: Selector; with?: Parameters }>>;
  readonly deadlines?: Partial<FaultDeadlines>;
  /** How long the platform may take to be whole again after each fault. */
  readonly healthyWithinMs: number;
  /** How long each fault is held, so that the platform notices it. */
  readonly holdMs: number;
  record?(row: FaultRow): void;
}

/** Declares the suite; must be called at the top level of a test file. */
export function faultContract(name: string, contract: FaultContract): void {
  describe(`faults on ${name}`, { concurrency: false }, () => {
    const stage = new Stage(contract);
    before(() => stage.open());
    after(() => stage.close());
    test("every skip names a kind and says why", () => {
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
        test(`${nameOf(kind, variant)} bites and heals with witnesses, and leaves nothing`, { skip }, () =>
          bitesAndHeals(stage, kind, variant),
        );
      test(`${kind.name}: undoing what was never done does nothing`, { skip }, () => revertIsHarmless(stage, kind));
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

/** The platform of the whole suite, with a journal for each injection. */
class Stage {
  readonly contract: FaultContract;
  readonly clock = monotonicClock();
  readonly signal = new AbortController().signal;
  #platform: Platform | undefined;
  #folder = "";
  #runs = 0;

  constructor(contract: FaultContract) {
    this.contract = contract;
  }

  async open(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "gameday-contract-"));
    this.#platform = await this.contract.open(this.clock);
  }

  async close(): Promise<void> {
    await this.#platform?.[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get platform(): Platform {
    assert.ok(this.#platform, "the platform is up");
    return this.#platform;
  }

  faultOf(kind: FaultKind, variant: Parameters = {}): PlannedFault {
    const { selector = {}, with: given } = this.contract.given?.[kind.name] ?? {};
    return planFault(kind, { selector, parameters: { ...given, ...variant }, random: seededRandom("contract") });
  }

  journal(runId: string): Promise<JournalFile> {
    return JournalFile.create(this.#folder, { runId, platform: { kind: this.platform.kind } }, this.clock);
  }

  nextRunId(): string {
    return `contract-${++this.#runs}`;
  }

  async healthy(): Promise<void> {
    let seen = "";
    await until(
      async () => {
        const bad = (await this.platform.health(this.signal)).filter((line) => !line.ok);
        seen = bad.map((line) => `${line.name}: expected ${line.expected}, got ${line.seen}`).join("; ");
        return bad.length === 0;
      },
      {
        what: "a healthy platform",
        deadlineMs: this.contract.healthyWithinMs,
        everyMs: 200,
        signal: this.signal,
        seen: () => seen,
      },
    );
  }
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
    emit: (event) => events.push(event),
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
    assert.deepEqual(because, [], `${change.capability} of ${change.target.id} heals without trouble`);
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
  assert.deepEqual(told, [], "nothing was not seen");
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
