/**
 * Common mistakes on the command line: every command answers with one clear message (what was expected and what it got) and the
 * exit code of a mistake; never with a stack trace, and never with the exit code of a verdict.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Ended, gameday, ROOT, temporaryFolder } from "./gameday.ts";

const SCRIPT = `import { scenario } from "gameday";
export default scenario({ name: "s", async run(user) { await user.http.get("/"); } });
`;
const HOST = "http://127.0.0.1:1";
const ALIASES = `a: &a [1,1,1,1,1,1,1,1,1,1,1]\nb: &b [${"*a,".repeat(20)}]\nc: [${"*b,".repeat(20)}]\n`;

interface Mistake {
  readonly argv: readonly string[];
  readonly says: RegExp;
  readonly code?: number;
}

const MISTAKES: readonly Mistake[] = [
  { argv: ["run", "folder"], says: /a plan to read, got a folder/ },
  { argv: ["run", "nowhere.yaml"], says: /a plan to read, got no such file/ },
  { argv: ["run", "empty.yaml"], says: /the plan to be a map, got nothing/ },
  { argv: ["run", "binary.yaml"], says: /YAML|the plan to be a map/ },
  { argv: ["check", "bomb.yaml"], says: /alias/ },
  { argv: ["check", "endless.yaml"], says: /never ends/ },
  { argv: ["check", "huge.yaml"], says: /more than the \d+ that a plan may have/ },
  { argv: ["judge", "empty.yaml"], says: /a run folder/, code: 2 },
  { argv: ["judge", "nowhere"], says: /a run folder/, code: 2 },
  { argv: ["report", "folder"], says: /a run folder/, code: 2 },
  { argv: ["compare", "folder", "nowhere"], says: /a run folder/, code: 2 },
  { argv: ["history", "empty.yaml"], says: /a folder of runs/ },
  { argv: ["seal", "empty.yaml"], says: /run.json/ },
  { argv: ["check-history", "folder", "-m", "register"], says: /a readable history/ },
  { argv: ["lab", "up", "nowhere.yaml"], says: /a plan to read/ },
  { argv: ["watchdog", "--journal", "nowhere"], says: /an undo journal/ },
  { argv: ["worker", "--join", "nonsense", "--token", "12345678"], says: /the coordinator's address/ },
  { argv: ["load", "nowhere.ts", "--host", HOST], says: /a script to load/ },
  { argv: ["load", "s.ts", "--host", HOST, "--json", "nowhere/x.json"], says: /to write .*--json/ },
  { argv: ["load", "s.ts", "--host", HOST, "--out", "empty.yaml"], says: /to write .*--out/ },
  { argv: ["load", "s.ts", "--host", HOST, "--cert", "nowhere"], says: /--cert .*no such file/ },
  { argv: ["faults", "--jsn"], says: /Did you mean --json/ },
  { argv: ["rn"], says: /Did you mean run/ },
];

function assertMistake({ code, stdout, stderr }: Ended, { argv, says, code: expected = 3 }: Mistake): void {
  const said = stdout + stderr;
  assert.match(said, says, argv.join(" "));
  assert.doesNotMatch(said, /a bug in gameday|\n {4}at /, argv.join(" "));
  assert.equal(code, expected, said);
}

/** Creates a folder with everything that the mistakes refer to. */
function playground(context: Parameters<typeof temporaryFolder>[0]): string {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, "folder"));
  const files = {
    "empty.yaml": "",
    "binary.yaml": Buffer.from([0, 159, 146, 150, 10, 58, 0, 1, 2, 255]),
    "bomb.yaml": ALIASES,
    "endless.yaml": "name: &n [*n]\n",
    "huge.yaml": `name: x\n# ${"x".repeat(5 << 20)}\n`,
    "s.ts": SCRIPT,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

describe("mistakes", { concurrency: 2 }, () => {
  for (const mistake of MISTAKES) {
    test(`gameday ${mistake.argv.join(" ")}`, async (context) => {
      assertMistake(await gameday(mistake.argv, { cwd: playground(context) }), mistake);
    });
  }

  test("a working folder that no longer exists is reported where one is needed", (context) => {
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" history';
    const launcher = join(ROOT, "bin/gameday.mjs");
    const options = { cwd: temporaryFolder(context), encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync("sh", ["-c", script, process.execPath, launcher], options);
    assert.match(stderr, /expected a working folder, got none/, stdout);
    assert.equal(status, 3);
  });

  test("runs that cannot be read are rows of the history, beside those that can", async (context) => {
    const folder = temporaryFolder(context);
    const write = (run: string, name: string, text: string) => {
      mkdirSync(join(folder, run), { recursive: true });
      writeFileSync(join(folder, run, name), text);
    };
    write("half", "run.json", '{"runId": "ha');
    write("odd", "run.json", '{"runId":"odd-1","startedAt":"2026-01-01T00:00:00.000Z"}');
    write("odd", "verdict.json", '{"objectives":[null],"verdict":3}');
    const { code, stdout } = await gameday(["history", folder]);
    assert.equal(code, 0);
    assert.match(stdout, /half +unreadable/);
    assert.match(stdout, /odd +unreadable/);
  });
});
