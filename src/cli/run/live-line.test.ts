import assert from "node:assert/strict";
import { test } from "node:test";
import { type LiveLine, liveLine } from "./live-line.ts";

const LINE: LiveLine = {
  time: "2:05",
  phase: "experiments",
  load: {
    users: 500,
    usersIntended: 500,
    workers: 1,
    requestsPerSecond: 312.4,
    p95Ms: 89.6,
    failedFraction: 0.0123,
    requests: 1000,
    failed: 12,
    dropped: 0,
  },
  replicas: "6/6",
  fault: "the database leader dies (postgres/n1)",
  left: "2:31",
};

test("the line is complete if there is room", () => {
  assert.equal(
    liveLine(LINE, 140),
    "2:05 experiments | 500 users | 312/s | p95 90 ms | errors 1.2 % | replicas 6/6 | FAULT the database leader dies (postgres/n1) | ~2:31 left",
  );
  assert.equal(
    liveLine({ ...LINE, load: null, replicas: null, fault: null }, 80),
    "2:05 experiments | no fault | ~2:31 left",
  );
});

test("at 80 columns the fault is named and the time left is shown", () => {
  const line = liveLine(LINE, 79);
  assert.equal(line, "2:05 experiments | 500u 312/s 90ms err 1.2% | 6/6 | FAULT the database… | ~2:31");
  assert.ok(line.length <= 79);
});

test("the line is correct and not too long at any width", () => {
  for (let columns = 1; columns < 160; columns++) assert.ok(liveLine(LINE, columns).length <= columns, `${columns}`);
});
