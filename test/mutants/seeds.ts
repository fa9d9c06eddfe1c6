/** Runs by seed: honest platforms that must not fail, and liars that must be flagged. Each seed gives another run. */

import { seededRandom } from "../../src/std/random.ts";
import type { Verdict } from "../../src/verdict.ts";
import { DRILLS, type DrillName } from "../simulator/drill.ts";
import { FAKE_MUTANTS } from "./fake-mutants.ts";
import { FAKE_TWISTED } from "./fake-twisted.ts";
import { usual } from "./objectives.ts";
import { playOnFake } from "./play.ts";
import { linesOf, type Result, referee } from "./referee.ts";
import type { FakeRow } from "./row.ts";

/** Returns the honest platform of a seed: one or two experiments and its own times, all within what a healthy platform may do. */
export function honestRow(seed: string): FakeRow {
  const random = seededRandom(`honest/${seed}`);
  const drills = random.shuffle(Object.keys(DRILLS) as DrillName[]).slice(0, 1 + random.int(2));
  const slower = (from: number, to: number) => [from * (0.5 + random.float()), to * (0.5 + random.float())] as const;
  const changes = [
    {
      database: { commitMs: slower(1, 6), acknowledgeMs: slower(0.2, 20), rejoinMs: slower(1500, 6000) },
      sessionStore: { failoverMs: slower(1500, 4000) },
      app: { startMs: slower(1500, 5000), serviceMs: slower(0.8, 6) },
      report: { firstReadLagMs: random.int(2) * 5000 },
    },
  ];
  const options = { users: 6 + random.int(12), warmUpMs: 5000 + random.int(8000), calmMs: 4000 + random.int(6000) };
  const row = { name: `honest ${seed}`, says: "an honest platform", kind: "healthy", platform: "fake" } as const;
  return { ...row, lies: [], changes, drills, objectives: usual(...drills), options, expected: null };
}

export interface Honest {
  readonly status: Verdict["verdict"];
  /** A description of everything that is not a pass. */
  readonly because: string | null;
}

export async function playHonest(seed: string): Promise<Honest> {
  const verdict = await playOnFake(honestRow(seed), seed);
  const open = linesOf(verdict).filter(({ status }) => status !== "pass");
  const because = open.map(({ key, status, because }) => `${key} ${status}: ${because}`).join(" | ");
  return { status: verdict.verdict, because: open.length === 0 ? null : because };
}

const LIARS: readonly FakeRow[] = [...FAKE_MUTANTS, ...FAKE_TWISTED.filter(({ kind }) => kind === "mutant")];

/** Plays the next liar. The liars take turns, so that each tells its lie with many seeds. */
export async function playLiar(number: number): Promise<Result> {
  const row = LIARS[number % LIARS.length] as FakeRow;
  return referee(row, await playOnFake(row, `liar/${number}`));
}
