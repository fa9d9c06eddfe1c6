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

/** Returns what the command prints about a plan; rejects with what is wrong with it. */
async function check(text: string): Promise<string> {
  const file = join(folder, "plan.yaml");
  writeFileSync(file, `${HEAD}${text}`);
  let printed = "";
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
    setExitCode: () => undefined,
  };
  await checkCommand(world as unknown as World)
    .exitOverride()
    .parseAsync([file], { from: "user" });
  return printed;
}

test("a fault that would hit more than the blast radius allows is refused, with the targets and the limit", async () => {
  const all = "experiments: [{ name: a, fault: freeze, target: { role: postgres, percent: 100 } }]\n";
  await assert.rejects(check(all), {
    code: "blast-radius",
    exitCode: 3,
    message: /at most 2 of 3 "postgres".*70 %.*got 3: .*, .*, /,
  });
  const explicit = all.replace("percent: 100 }", "percent: 100 }, blastRadius: { percent: 100 }");
  assert.match(await check(explicit), /freeze .*, freeze .*, freeze /);
  await assert.rejects(check(`blastRadius: { count: 1 }\n${explicit}`), /at most 1 targets/);
});

test("peers are told, and refused when they are the target itself", async () => {
  const of = (peers: string) =>
    check(
      `experiments: [{ name: a, fault: latency, target: { role: postgres, leader: true }, with: { peers: ${peers} } }]\n`,
    );
  assert.match(await of("{ role: postgres }"), /delay node\/\S+ \(only with \S+, \S+\)/);
  await assert.rejects(of("{ role: postgres, leader: true }"), { code: "peers-are-the-target", exitCode: 3 });
  await assert.rejects(of("{ role: mysql }"), { code: "no-target", exitCode: 3 });
});

test("experiments together: refused with the reason where they cannot be, and where they meet", async () => {
  const group = (...experiments: string[]) =>
    `experiments: [{ together: [${experiments.map((one) => `{ ${one} }`).join(", ")}] }]\n`;
  const leader = "name: a, fault: kill-leader";
  assert.match(await check(group(leader, "name: b, fault: latency")), /"a" \(together with "b"\): kill-leader/);
  await assert.rejects(check(group(leader, "name: b, fault: power-off-node")), {
    code: "not-composable",
    exitCode: 3,
    message: /ends the node/,
  });
  await assert.rejects(check(group("name: a, fault: latency", "name: b, fault: jitter")), /delay of node\/\S+ twice/);
  const members = (one: string) =>
    `name: ${one}, fault: freeze, target: { role: postgres, leader: ${one === "a"}, count: ${one === "a" ? 1 : 2} }`;
  await assert.rejects(check(group(members("a"), members("b"))), { code: "blast-radius", message: /at most 2 of 3/ });
});
