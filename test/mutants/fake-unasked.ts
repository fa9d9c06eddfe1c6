/** What goes wrong where nobody asks, inside a fault's window or under a fine average; and what only looks so. */
import * as ask from "./objectives.ts";
import { type FakeRow, line } from "./row.ts";

type Given = Pick<FakeRow, "says" | "expected"> & Partial<FakeRow>;

function row(name: string, kind: FakeRow["kind"], given: Given): FakeRow {
  const drills = ["kill-postgres-leader"] as const;
  return { name, kind, platform: "fake", lies: [], drills, objectives: ask.usual(...drills), ...given };
}

export const FAKE_UNASKED: readonly FakeRow[] = [
  row("untouched-restarts", "mutant", {
    says: "replicas of the app crash while the database's leader is down: no fault touched them",
    lies: ["crashes-with-the-leader"],
    expected: line("objectives/no crashes", "fail", 'exit 1, during "kill-postgres-leader", which did not touch it'),
  }),
  row("restarts-that-follow-the-leader", "healthy", {
    says: "replicas that are built to start again with each new leader, as their platform declares",
    changes: [{ app: { exitsOnFailover: "declared" } }],
    expected: null,
  }),
];
