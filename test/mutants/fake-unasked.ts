/** Problems that are easily overlooked, inside a fault's window or behind a good average; and harmless look-alikes. */
import * as ask from "./objectives.ts";
import { type FakeRow, line } from "./row.ts";
import { rareCalls } from "./twist.ts";

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
  row("dead-endpoint-under-a-fine-average", "mutant", {
    says: "an endpoint of which every call fails, among so many others that the average is fine",
    twist: rareCalls("POST /refunds", null),
    options: { warmUpMs: 25_000 },
    expected: line("findings/succeeds-at-all/request POST /refunds", "fail", "15 of 15 failed"),
  }),
  row("endpoint-that-mostly-fails", "healthy", {
    says: "an endpoint of which one call of fifteen succeeded: within what the plan asks of the average",
    twist: rareCalls("POST /refunds", 6),
    options: { warmUpMs: 25_000 },
    expected: null,
  }),
];
