/** Plays one row on the fake and gives the verdict on it. */
import { CHECKERS } from "../../src/checker/catalogue.ts";
import { lieNamed } from "../../src/platform/fake/lie.ts";
import { simulateRun } from "../../src/platform/fake/simulate.ts";
import { judge } from "../../src/verdict/judge.ts";
import type { Verdict } from "../../src/verdict.ts";
import type { FakeRow } from "./row.ts";

export function playOnFake(row: FakeRow, seed: string): Verdict {
  const changes = [...row.lies.map((name) => lieNamed(name).change), ...(row.changes ?? [])];
  const evidence = simulateRun({
    ...row.options,
    seed,
    changes,
    drills: row.drills,
    objectives: row.objectives,
    ...(row.claims === undefined ? {} : { claims: row.claims }),
  });
  return judge(evidence, CHECKERS);
}
