import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { CONTROL_NAMES, CONTROLS } from "./controls.ts";
import { FRAMES } from "./live.ts";
import { OPERATIONS } from "./operations.ts";

/** Operations that change something without a button of their own, with the reason. */
const WITHOUT_BUTTON: Readonly<Record<string, string>> = {
  newCode: "the command line prints the link",
  beginSession: "the page does it by itself when a link is opened",
  showAllFigures: "it is the reverse of reset",
};

test("operation ids and routes are unique", () => {
  assert.equal(new Set(OPERATIONS.map(({ id }) => id)).size, OPERATIONS.length);
  assert.equal(new Set(OPERATIONS.map(({ method, path }) => `${method} ${path}`)).size, OPERATIONS.length);
});

test("every control has its operation, and every operation that changes something has its control", () => {
  const ids = OPERATIONS.map(({ id }) => id);
  for (const name of CONTROL_NAMES) assert.ok(ids.includes(CONTROLS[name].operation), name);
  const buttons = CONTROL_NAMES.map((name) => CONTROLS[name].operation);
  const changing = OPERATIONS.filter(({ method }) => method !== "GET").map(({ id }) => id);
  assert.deepEqual(
    changing.filter((id) => !buttons.includes(id) && WITHOUT_BUTTON[id] === undefined),
    [],
  );
});

test("no GET needs the right to control, and every other method does", () => {
  for (const { id, method, access } of OPERATIONS) {
    if (method === "GET") assert.notEqual(access, "control", id);
    else assert.ok(access === "control" || id === "beginSession", id);
  }
});

test("every parameter of a path has a schema", () => {
  for (const { id, path, parameters } of OPERATIONS) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(Object.keys(parameters?.shape ?? {}), names, id);
  }
});

test("every schema can be described as JSON Schema", () => {
  for (const { success, body, query } of OPERATIONS)
    for (const schema of [success.schema, body, query])
      if (schema !== undefined) z.toJSONSchema(schema, { io: "input" });
  for (const frame of Object.values(FRAMES)) z.toJSONSchema(frame);
});
