/** `npm run check` and `npm test` end in order: a lane that fails stops no other, and no temporary file is left. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runLanes, type Step } from "../scripts/lanes.ts";
import { until } from "../src/std/wait.ts";

/** A step that makes a file for temporary use, prints its path and leaves it. */
const littering = (name: string, then: string): Step => ({
  name,
  argv: [
    process.execPath,
    "-e",
    `const { writeFileSync } = require("node:fs");
     const file = require("node:os").tmpdir() + "/gameday-left";
     writeFileSync(file, ""); console.log("made " + file); ${then}`,
  ],
});
const madeIn = (text: string) => [...text.matchAll(/made (\S+)/g)].map(([, file = ""]) => file);

test("a lane that fails lets the others end, ends itself, and nothing that steps left remains", async () => {
  let text = "";
  const lanes = [
    [littering("fails", "process.exit(7)"), littering("comes after", "")],
    [littering("takes longer", "setTimeout(() => console.log('is whole'), 150)")],
  ];
  assert.equal(await runLanes(lanes, (part) => (text += part)), 7);
  assert.match(text, /FAIL fails[\s\S]*is whole\nok {3}takes longer/);
  assert.doesNotMatch(text, /comes after/);
  const made = madeIn(text);
  assert.equal(new Set(made).size, 2, "each lane has a folder of its own");
  assert.deepEqual(made.filter(existsSync), []);
});

test("an interrupt ends what runs, and nothing remains", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-lanes-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const told = join(folder, "told");
  const step: Step = {
    name: "waits",
    argv: ["sh", "-c", `echo "$TMPDIR" > ${told}.new; mv ${told}.new ${told}; exec sleep 60`],
  };
  const code = `import { runLanes } from "./scripts/lanes.ts"; process.exitCode = await runLanes([[${JSON.stringify(step)}]]);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  await until(() => existsSync(told), { what: "the step to run", deadlineMs: 10_000, signal: context.signal });
  const made = readFileSync(told, "utf8").trim();
  assert.ok(existsSync(made));
  child.kill("SIGINT");
  assert.deepEqual(await once(child, "close"), [130, null]);
  assert.equal(existsSync(made), false);
});
