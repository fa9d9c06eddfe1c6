/**
 * Everything that a plan names is resolved from the plan's own folder, wherever the command is called from: the commands of a
 * fault, and those that undo it.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { until } from "../../src/std/wait.ts";
import { start } from "./gameday.ts";

const SCENARIO = `import { scenario } from "gameday";
export default scenario({ name: "look", async run({ http }) { await http.get("/"); } });
`;

/** Breaks by creating a file, and repairs by removing it; all names are relative. */
const CONTROL = `#!/usr/bin/env node
import { existsSync, rmSync, writeFileSync } from "node:fs";
const does = { break: () => writeFileSync("broken", ""), mend: () => rmSync("broken", { force: true }) };
does[process.argv[2]]?.();
console.error("a warning on the standard error");
process.exitCode = process.argv[2] === "is-broken" ? Number(!existsSync("broken")) : 0;
`;

async function planFolder(context: TestContext): Promise<string> {
  const server = createServer((_request, response) => response.end("well"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const top = mkdtempSync(join(tmpdir(), "gameday-plan-folder-"));
  context.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(top, { recursive: true });
  });
  const folder = join(top, "plans", "shop");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "look.ts"), SCENARIO);
  writeFileSync(join(folder, "control.mjs"), CONTROL, { mode: 0o755 });
  const command = (what: string) => `[./control.mjs, ${what}]`;
  writeFileSync(
    join(folder, "plan.yaml"),
    `name: folder
platform:
  kind: external
  endpoint: http://127.0.0.1:${(server.address() as AddressInfo).port}
  members: [{ name: a, role: vm }]
  logs: [{ name: own, command: ${command("log")} }]
load: { scenarios: [{ file: look.ts }], vus: 1, gracefulStop: 1s }
warmUp: 1s
calm: 1s
experiments:
  - name: broken
    fault: command
    with: { inject: ${command("break")}, verify: ${command("is-broken")}, heal: ${command("mend")} }
    hold: 1s
    settle: 1s
    recoverWithin: 5s
`,
  );
  return top;
}

test("a run that is called from elsewhere breaks, repairs and keeps its logs", async (context) => {
  const top = await planFolder(context);
  const env = { GAMEDAY_STATE: join(top, "state") };
  const { stdout, stderr } = await start(["run", "plans/shop/plan.yaml", "--out", "out"], { cwd: top, env }).ended;
  assert.match(stdout, /fault bit: a/, stderr);
  assert.match(stdout, /fault healed: a/);
  assert.equal(existsSync(join(top, "plans/shop/broken")), false);
  assert.match(readFileSync(join(top, "out/logs/own.log"), "utf8"), /a warning on the standard error/);
});

test("what a killed run left is repaired by `gameday heal` from yet another folder", async (context) => {
  const top = await planFolder(context);
  const plan = join(top, "plans/shop/plan.yaml");
  writeFileSync(plan, readFileSync(plan, "utf8").replace("hold: 1s", "hold: 60s"));
  const env = { GAMEDAY_STATE: join(top, "state") };
  const running = start(["run", plan, "--out", "out"], { cwd: top, env });
  await running.printed(/fault bit: a/);
  assert.ok(existsSync(join(top, "plans/shop/broken")));
  running.child.kill("SIGKILL");
  await running.ended;
  // The run's watchdog may be first: either one undoes the fault in the plan's folder.
  const healed = await start(["heal"], { cwd: "/", env }).ended;
  const { signal } = new AbortController();
  const isMended = () => !existsSync(join(top, "plans/shop/broken"));
  await until(isMended, { what: "the fault to be undone", deadlineMs: 10_000, signal, seen: () => healed.stdout });
});
