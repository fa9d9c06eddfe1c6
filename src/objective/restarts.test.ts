/** A fault explains restarts of what it hit or of what depends on it, but not other restarts that happen at the same time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ObjectiveVerdict } from "../objective.ts";
import type { TimelineEvent } from "../timeline.ts";
import { judge } from "../verdict/judge.ts";
import { cleanRun, evidenceOf, objective, toldChecker } from "../verdict/run.fixture.ts";

type Restart = Partial<Extract<TimelineEvent, { type: "restart" }>>;
type Hit = Partial<Extract<TimelineEvent, { type: "experiment" }>> & { readonly commanded?: string };

const DURING_MS = 25_000;

/** Judges the clean run, with its fault on the given targets and a restart in its window. */
function judged(restart: Restart, hit: Hit = {}, over = {}): ObjectiveVerdict {
  const run = cleanRun([objective("unexpected-restarts", { atMost: 0 }, over)]);
  const { commanded, ...begin } = hit;
  run.timeline = run.timeline.map((event) => {
    if (event.type === "experiment") return { ...event, ...begin };
    return event.type === "fault" && commanded !== undefined ? { ...event, target: commanded } : event;
  });
  const event = { type: "restart", atMs: DURING_MS, target: "app/n2-1", reason: "exit 1", expected: false } as const;
  run.timeline.push({ ...event, ...restart });
  const [row] = judge(evidenceOf(run), [toldChecker()]).objectives;
  assert.ok(row);
  return row;
}

const NODE = { id: "node/n1", role: "node", node: "n1" };

test("an untouched target that restarts in a fault's window is counted, and its witness says so", () => {
  const row = judged({});
  assert.equal(row.status, "fail");
  assert.match(
    row.explanation?.witnesses[0] ?? "",
    /app\/n2-1: exit 1, during "kill-postgres", which did not touch it/,
  );
});

test("six untouched replicas that restart are counted as six", () => {
  const run = cleanRun([objective("unexpected-restarts", { atMost: 5 })]);
  for (let number = 1; number <= 6; number++)
    run.timeline.push({ atMs: 22_000, type: "restart", target: `app/n2-${number}`, reason: "OOM", expected: false });
  assert.deepEqual(judge(evidenceOf(run), [toldChecker()]).objectives[0]?.measured, { value: 6 });
});

test("the target of a fault may restart in its window, and at no other time", () => {
  assert.equal(judged({ target: "postgres/n1" }).status, "pass");
  assert.equal(judged({ target: "postgres/n1", atMs: 10_000 }).status, "fail");
});

test("a restart of what stands on a node that was hit is explained: as recorded at the start, or by the restart's own node", () => {
  const standing = [{ id: "app/n1-1", role: "app", node: "n1" }];
  assert.equal(judged({ target: "app/n1-1" }, { targets: [NODE], standing, commanded: NODE.id }).status, "pass");
  assert.equal(judged({ target: "app/n1-9", node: "n1" }, { targets: [NODE], commanded: NODE.id }).status, "pass");
  assert.equal(judged({ target: "app/n2-1", node: "n2" }, { targets: [NODE], commanded: NODE.id }).status, "fail");
});

test("a fault on the node of its target hits what stands there; one on the target alone does not", () => {
  assert.equal(judged({ target: "app/n1-1", node: "n1" }, { commanded: NODE.id }).status, "pass");
  assert.equal(judged({ target: "app/n1-1", node: "n1" }).status, "fail");
});

test("a restart that the platform declares to follow what was hit is explained; another role's is not", () => {
  assert.equal(judged({ follows: ["postgres"] }).status, "pass");
  assert.equal(judged({ follows: ["redis"] }).status, "fail");
});

test("over the whole run every restart is counted, except those that the platform itself expects", () => {
  assert.equal(judged({ target: "postgres/n1" }, {}, { window: "whole" }).status, "fail");
  assert.equal(judged({ target: "postgres/n1", expected: true }, {}, { window: "whole" }).status, "pass");
});
