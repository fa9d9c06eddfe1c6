/**
 * The engine is stopped at every point at which it waits for the outside or reports something, in every way: one failure, an
 * outage from then on, an abort, a call that hangs, and the death of the whole tool. Afterwards the platform is as it was
 * before, or the journal knows the change and heals it.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { MemoryPlatform } from "../../test/contract/memory-platform.ts";
import type { FaultKind } from "../fault.ts";
import { readJournal } from "../journal/read.ts";
import { JournalFile } from "../journal/write.ts";
import type { Journal } from "../journal.ts";
import { monotonicClock } from "../std/clock.ts";
import { seededRandom } from "../std/random.ts";
import { planFault } from "./choice.ts";
import { healFromJournal } from "./heal.ts";
import { inject } from "./injection.ts";
import { drainNode } from "./kind/drain-node.ts";
import { killLeader } from "./kind/kill-leader.ts";

const WAYS = ["fails once", "fails from then on", "is aborted", "hangs once", "dies"] as const;
type Way = (typeof WAYS)[number];

const BEFORE: readonly (readonly [string, string])[] = [["cordon node/n1", "cordoned by hand"]];
const twoRounds: FaultKind = { ...drainNode, name: "two-rounds", rounds: "each-target", defaultSelector: { count: 2 } };

const folder = await mkdtemp(join(tmpdir(), "gameday-crash-"));
after(() => rm(folder, { recursive: true }));
const never = new Promise<never>(() => undefined);

/** Counts the points and strikes at one of them. */
class Saboteur {
  points = 0;
  #dead = false;
  readonly controller = new AbortController();
  readonly #at: number;
  readonly #way: Way | null;
  struck: (() => void) | undefined;

  constructor(at: number, way: Way | null) {
    this.#at = at;
    this.#way = way;
  }

  async step(signal?: AbortSignal): Promise<void> {
    const hangs = this.points === this.#at && this.#way === "hangs once";
    this.stepNow();
    if (this.#dead) await never;
    if (hangs) await this.#hang(signal);
  }

  /** A point that cannot wait: reporting something. */
  stepNow(): void {
    const here = this.points++;
    if (this.#way === null || here < this.#at) return;
    if (this.#way === "dies") this.#die();
    if (this.#way === "fails from then on" || (this.#way === "fails once" && here === this.#at))
      throw new Error(`point ${here} fails`);
    if (this.#way === "is aborted" && here === this.#at) this.controller.abort(new Error("Ctrl-C"));
  }

  #die(): void {
    this.#dead = true;
    this.struck?.();
  }

  async #hang(signal: AbortSignal | undefined): Promise<void> {
    if (signal === undefined) return;
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    signal.throwIfAborted();
  }
}

interface Played {
  readonly platform: MemoryPlatform;
  readonly file: JournalFile;
}

async function playOnce(kind: FaultKind, saboteur: Saboteur, runId: string): Promise<Played> {
  const platform = new MemoryPlatform(BEFORE);
  platform.mends.add("evict");
  platform.onStep = (_what, signal) => saboteur.step(signal);
  const clock = monotonicClock();
  const file = await JournalFile.create(folder, { runId, platform: { kind: "memory" } }, clock);
  const died = new Promise<void>((resolve) => {
    saboteur.struck = resolve;
  });
  const life = live(platform, kind, saboteur, sabotaged(file, saboteur), runId);
  await Promise.race([life, died]);
  return { platform, file };
}

async function live(platform: MemoryPlatform, kind: FaultKind, saboteur: Saboteur, journal: Journal, runId: string) {
  try {
    await using _injection = await inject(
      platform,
      planFault(kind, { selector: {}, parameters: {}, random: seededRandom("7") }),
      {
        experiment: "one",
        runId,
        clock: monotonicClock(),
        journal,
        emit: () => saboteur.stepNow(),
        expiresAfterMs: 60_000,
        deadlines: { stepMs: 15, biteMs: 0, healMs: 0 },
        signal: saboteur.controller.signal,
      },
    );
  } catch {
    // the injection failed, which is expected: the state below is what counts
  }
}

function sabotaged(journal: Journal, saboteur: Saboteur): Journal {
  const around = async (work: () => Promise<void>) => {
    await saboteur.step();
    await work();
    await saboteur.step();
  };
  return {
    intend: (change) => around(() => journal.intend(change)),
    reverted: (change, by) => around(() => journal.reverted(change, by)),
    healed: (change, by) => around(() => journal.healed(change, by)),
  };
}

/** Does what `gameday heal` would do in a new process. */
async function healAfterwards({ platform: left, file: { path } }: Played): Promise<void> {
  const { open } = await readJournal(path);
  if (left.state.get("cordon node/n1") !== "cordoned by hand" || left.state.size !== 1)
    assert.ok(open.length > 0, "the platform was not restored, and the journal has no record of it");
  const platform = new MemoryPlatform(left.state);
  await using journal = await JournalFile.reopen(path, monotonicClock());
  const signal = new AbortController().signal;
  await healFromJournal(platform, open, journal, { by: "heal", signal, healMs: 0 });
  assert.deepEqual([...platform.state], BEFORE);
}

for (const kind of [killLeader, drainNode, twoRounds]) {
  for (const way of WAYS) {
    test(`${kind.name}: whenever a step ${way}, the platform ends in its initial state`, async () => {
      const whole = new Saboteur(0, null);
      await (await playOnce(kind, whole, `${kind.name}-${way}-whole`)).file[Symbol.asyncDispose]();
      assert.ok(whole.points > 8, `${whole.points} points`);
      for (let at = 0; at < whole.points; at++) {
        const runId = `${kind.name}-${way}-${at}`;
        const played = await playOnce(kind, new Saboteur(at, way), runId);
        await using _file = played.file;
        if (way === "fails once" || way === "is aborted" || way === "hangs once")
          assert.deepEqual([...played.platform.state], BEFORE, `point ${at}: healed by the engine itself`);
        await healAfterwards(played);
      }
    });
  }
}
