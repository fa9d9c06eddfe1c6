import assert from "node:assert/strict";
import { test } from "node:test";
import { tellStory } from "../timeline/story.ts";
import type { TimelineEvent } from "../timeline.ts";
import { ownFindings, REDUNDANCY } from "./own-findings.ts";

function redundancyOf(okBefore: boolean, okAfter: boolean, stoppedAtMs?: number) {
  const line = (atMs: number, moment: "before-run" | "after-run", ok: boolean): TimelineEvent => {
    return { atMs, type: "health", moment, name: "postgres", ok, expected: "3 members", seen: ok ? "3" : "2" };
  };
  const stop = (atMs: number): TimelineEvent => {
    return { atMs, type: "control", command: "interrupt", by: "page 1", manual: true };
  };
  const stops = stoppedAtMs === undefined ? [] : [stop(stoppedAtMs)];
  const story = tellStory([line(1, "before-run", okBefore), ...stops, line(2, "after-run", okAfter)], []);
  return ownFindings(story, []).find((finding) => finding.checker === REDUNDANCY);
}

test("lost redundancy is a failure, redundancy that was missing all along proves nothing, and complete redundancy passes", () => {
  assert.equal(redundancyOf(true, false)?.status, "fail");
  assert.equal(redundancyOf(false, false)?.status, "unknown");
  assert.equal(redundancyOf(true, true)?.status, "pass");
  assert.match(redundancyOf(true, false)?.witnesses[0]?.says ?? "", /postgres: expected 3 members, seen 2/);
});

test("what does not hold yet when a run is stopped by hand is unknown: it was not given its time", () => {
  const cut = redundancyOf(true, false, 1.9);
  assert.equal(cut?.status, "unknown");
  assert.match(
    cut?.because ?? "",
    /fail: postgres: 2\. The run was stopped before these had time to recover: postgres\./,
  );
  assert.equal(redundancyOf(true, true, 1.9)?.status, "pass");
  assert.equal(redundancyOf(true, false, 2.1)?.status, "fail", "its time was over when the run was stopped");
});
