import assert from "node:assert/strict";
import { test } from "node:test";
import { tellStory } from "../timeline/story.ts";
import type { TimelineEvent } from "../timeline.ts";
import { ownFindings, REDUNDANCY } from "./own-findings.ts";

function redundancyOf(okBefore: boolean, okAfter: boolean) {
  const line = (atMs: number, moment: "before-run" | "after-run", ok: boolean): TimelineEvent => {
    return { atMs, type: "health", moment, name: "postgres", ok, expected: "3 members", seen: ok ? "3" : "2" };
  };
  const story = tellStory([line(1, "before-run", okBefore), line(2, "after-run", okAfter)], []);
  return ownFindings(story, []).find((finding) => finding.checker === REDUNDANCY);
}

test("lost redundancy is a failure, redundancy that was missing all along proves nothing, and complete redundancy passes", () => {
  assert.equal(redundancyOf(true, false)?.status, "fail");
  assert.equal(redundancyOf(false, false)?.status, "unknown");
  assert.equal(redundancyOf(true, true)?.status, "pass");
  assert.match(redundancyOf(true, false)?.witnesses[0]?.says ?? "", /postgres: expected 3 members, seen 2/);
});
