/** Creates rows whose evidence was twisted after the run. */
import type { ClaimPlan } from "../../src/plan.ts";
import * as ask from "./objectives.ts";
import type { FakeRow } from "./row.ts";

type Given = Pick<FakeRow, "says" | "expected"> & Partial<FakeRow>;

function twisted(name: string, kind: FakeRow["kind"], given: Given): FakeRow {
  const drills = ["kill-postgres-leader"] as const;
  return { name, kind, platform: "fake", lies: [], drills, objectives: ask.usual(...drills), ...given };
}

export const mutant = (name: string, given: Given) => twisted(name, "mutant", given);
export const healthy = (name: string, given: Given) => twisted(name, "healthy", given);

export function claim(object: string, checker: string, options: ClaimPlan["options"]): ClaimPlan {
  return { object, checkers: [checker], options, source: { kind: "http", path: `/audit/${object}` } };
}
