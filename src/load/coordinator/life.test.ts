import assert from "node:assert/strict";
import { test } from "node:test";
import { Life, type LoadEvent, type LoadState, TRANSITIONS } from "./life.ts";

/** The events that lead to each state. */
const WAYS: Readonly<Record<LoadState, readonly LoadEvent[]>> = {
  opening: [],
  ready: ["all ready"],
  running: ["all ready", "begun"],
  stopping: ["taken over", "stop"],
  "tearing-down": ["all ready", "begun", "stop", "all stopped"],
  ending: ["all ready", "begun", "stop", "all stopped", "torn down"],
  ended: ["all ready", "begun", "stop", "all stopped", "torn down", "all gone"],
  failed: ["fail"],
};

/** What each event leads to in each state, in the order of EVENTS; "" for an event that cannot occur. */
const EVENTS: readonly LoadEvent[] = [
  "all ready",
  "begun",
  "taken over",
  "stop",
  "all stopped",
  "torn down",
  "all gone",
  "fail",
];
const TABLE: Readonly<Record<LoadState, readonly (LoadState | "")[]>> = {
  opening: ["ready", "", "running", "", "", "", "", "failed"],
  ready: ["", "running", "", "", "", "", "", "failed"],
  running: ["", "", "", "stopping", "", "", "", "failed"],
  stopping: ["", "", "", "", "tearing-down", "", "", "failed"],
  "tearing-down": ["", "", "", "", "", "ending", "", "failed"],
  ending: ["", "", "", "", "", "", "ended", "failed"],
  ended: ["", "", "", "", "", "", "", "ended"],
  failed: ["", "", "", "", "", "", "", "failed"],
};

function lifeIn(state: LoadState): Life {
  const life = new Life();
  for (const event of WAYS[state]) life.on(event);
  assert.equal(life.state, state);
  return life;
}

test("each event leads from each state where the table says, or cannot occur", () => {
  for (const state of Object.keys(TRANSITIONS) as LoadState[]) {
    for (const [at, event] of EVENTS.entries()) {
      const life = lifeIn(state);
      const next = TABLE[state][at];
      if (next === "")
        assert.throws(() => life.on(event), new RegExp(`a load that is ${state} cannot have "${event}"`));
      else life.on(event);
      assert.equal(life.state, next === "" ? state : next, `${event} while ${state}`);
    }
  }
});

test("messages are passed on until the load has ended or failed", () => {
  const over = (Object.keys(TRANSITIONS) as LoadState[]).filter((state) => lifeIn(state).isOver);
  assert.deepEqual(over, ["ended", "failed"]);
});
