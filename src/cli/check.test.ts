import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { World } from "../cli.ts";
import { checkCommand } from "./check.ts";

const FIXTURE = join(import.meta.dirname, "../../test/fixtures/fake");
const folder = mkdtempSync(join(tmpdir(), "gameday-check-"));
after(() => rmSync(folder, { recursive: true }));

const HEAD = `
name: check
platform: { kind: fake }
load: { scenarios: [{ file: ${join(FIXTURE, "shop.ts")} }], vus: 2 }
`;

/** Returns what the command prints about a plan, its errors included. The exit code must be `exitCode`. */
async function check(text: string, exitCode = 0): Promise<string> {
  const file = join(folder, "plan.yaml");
  writeFileSync(file, `${HEAD}${text}`);
  let printed = "";
  let ended = 0;
  const write = (part: string) => {
    printed += part;
  };
  const stream = { isTTY: false, columns: 80, write };
  const world = {
    self: [process.execPath, join(import.meta.dirname, "../../bin/gameday.mjs")],
    cwd: folder,
    env: {},
    stdout: stream,
    stderr: stream,
    now: () => new Date(0),
    setExitCode: (code: number) => {
      ended = code;
    },
  };
  await checkCommand(world as unknown as World)
    .exitOverride()
    .parseAsync([file], { from: "user" });
  assert.equal(ended, exitCode, printed);
  return printed;
}

/** Returns the errors that the command prints about a plan that it refuses. */
const refused = (text: string): Promise<string> => check(text, 3);

test("a fault that would hit more than the blast radius allows is refused, with the targets and the limit", async () => {
  const all = "experiments: [{ name: a, fault: freeze, target: { role: postgres, percent: 100 } }]\n";
  assert.match(
    await refused(all),
    /plan\.yaml:5:\d+: .*at most 2 of 3 "postgres".*70 %.*got 3: .*, .*, .* \[blast-radius\]/,
  );
  const explicit = all.replace("percent: 100 }", "percent: 100 }, blastRadius: { percent: 100 }");
  assert.match(await check(explicit), /freeze .*, freeze .*, freeze /);
  assert.match(await refused(`blastRadius: { count: 1 }\n${explicit}`), /at most 1 targets/);
});

test("peers are printed, and refused if they are the target itself", async () => {
  const of = (peers: string) =>
    `experiments: [{ name: a, fault: latency, target: { role: postgres, leader: true }, with: { peers: ${peers} } }]\n`;
  assert.match(await check(of("{ role: postgres }")), /delay node\/\S+ \(only with \S+, \S+\)/);
  assert.match(await refused(of("{ role: postgres, leader: true }")), /\[peers-are-the-target\]/);
  assert.match(await refused(of("{ role: mysql }")), /\[no-target\]/);
});

test("experiments together are refused, with the reason, if they are incompatible or meet on a target", async () => {
  const group = (...experiments: string[]) =>
    `experiments: [{ together: [${experiments.map((one) => `{ ${one} }`).join(", ")}] }]\n`;
  const leader = "name: a, fault: kill-leader";
  assert.match(await check(group(leader, "name: b, fault: latency")), /"a" \(together with "b"\): kill-leader/);
  assert.match(await refused(group(leader, "name: b, fault: power-off-node")), /ends the node.*\[not-composable\]/);
  assert.match(await refused(group("name: a, fault: latency", "name: b, fault: jitter")), /delay of node\/\S+ twice/);
  const members = (one: string) =>
    `name: ${one}, fault: freeze, target: { role: postgres, leader: ${one === "a"}, count: ${one === "a" ? 1 : 2} }`;
  assert.match(await refused(group(members("a"), members("b"))), /at most 2 of 3.*\[blast-radius\]/);
});
