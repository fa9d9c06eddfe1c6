/**
 * A whole `gameday run` on a real PostgreSQL that somebody else operates. The plan's own commands break it; in some tests it is
 * still unavailable when the run ends.
 */
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import pg from "pg";
import { postgresIn, type TestProcess } from "../../examples/jewelry-shop/test/stores.ts";
import { folderOfTestFile, readVerdict, start } from "./gameday.ts";

const folder = folderOfTestFile("external-postgres");
let member: TestProcess;

/** The remote control of their machines, and their app, which answers as long as the database does. */
const site = createServer((request, response) => {
  const act = CONTROLS[request.url ?? ""] ?? app;
  void Promise.resolve(act(request, response)).catch((error: unknown) => {
    response.writeHead(503).end(String(error));
  });
});

const CONTROLS: Readonly<Record<string, RequestListener>> = {
  "/control/down": async (_request, response) => {
    await member.stop("SIGQUIT");
    response.end("down");
  },
  "/control/up": async (_request, response) => {
    await member.start();
    response.end("up");
  },
};

const app: RequestListener = async (_request, response) => {
  response.end(await ask("select 1"));
};

before(async () => {
  chmodSync(folder, 0o755);
  member = await postgresIn(folder);
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  writeFileSync(join(folder, "ask.mjs"), ASK);
  writeFileSync(join(folder, "user.mjs"), USER);
  writeFileSync(join(folder, "probes.mjs"), PROBES);
});

beforeEach(() => member.start());

after(async () => {
  await member?.stop("SIGKILL");
  site.close();
  site.closeAllConnections();
});

test("a member that its owner's commands stop and start again passes", async () => {
  const { code, stdout, stderr } = await run("mended").ended;
  const { exitCode, verdict, experiments } = readVerdict(join(folder, "mended"));
  assert.equal(code, exitCode, stdout + stderr);
  assert.notEqual(verdict, "fail", stdout); // On a machine that is too busy to send every beat, the verdict is "unknown".
  assert.match(experiments[0]?.bite?.witness?.says ?? "", /no answer/);
  assert.match(stdout, /fault healed: postgres\/a/);
});

for (const [how, signal] of [
  ["dead", "SIGKILL"],
  ["frozen", "SIGSTOP"],
] as const) {
  test(`a member that is ${how} at the end gives a verdict, with its exit code`, async () => {
    const running = run(how);
    await running.printed(/-- .* end: /);
    if (signal === "SIGKILL") await member.stop(signal);
    else member.signal(signal);
    await running.printed(/== statistics/);
    running.child.kill("SIGINT"); // The test does not wait two minutes for a member that does not come back.
    const { code, stderr } = await running.ended;
    assert.doesNotMatch(stderr, /unsettled/);
    assert.equal(code, readVerdict(join(folder, how)).exitCode);
    assert.notEqual(code, 0);
    if (signal === "SIGSTOP") await member.stop("SIGKILL");
  });
}

function run(name: string) {
  const plan = join(folder, `${name}.json`);
  writeFileSync(plan, JSON.stringify(planOf()));
  return start(["run", plan, "--out", join(folder, name)], { env: { GAMEDAY_STATE: join(folder, "state") } });
}

function planOf(): object {
  const base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  const command = (path: string, expected: string) => [
    process.execPath,
    join(folder, "ask.mjs"),
    base + path,
    expected,
  ];
  return {
    name: "external-postgres",
    platform: {
      kind: "external",
      endpoint: base,
      members: [{ name: "postgres/a", role: "postgres", url: url() }],
    },
    load: { scenarios: [{ file: "user.mjs" }], vus: 2, rampUp: "1s" },
    probes: "probes.mjs",
    warmUp: "1s",
    calm: "1s",
    experiments: [
      {
        name: "their database goes",
        fault: "command",
        target: { role: "postgres" },
        with: {
          check: command("/", "200"),
          inject: command("/control/down", "200"),
          verify: command("/", "503"),
          heal: command("/control/up", "200"),
        },
        hold: "1s",
        recoverWithin: "10s",
      },
    ],
    objectives: [],
  };
}

const url = () => `postgres://postgres@127.0.0.1:${member.port}/postgres`;

async function ask(statement: string): Promise<string> {
  const client = new pg.Client({ connectionString: url(), connectionTimeoutMillis: 1_000 });
  client.on("error", () => undefined); // The statement in flight reports the error.
  await client.connect();
  try {
    return JSON.stringify((await client.query(statement)).rows);
  } finally {
    await client.end();
  }
}

const ASK = `const [url, expected] = process.argv.slice(2);
const { status } = await fetch(url);
if (String(status) !== expected) process.exit(1);
console.log(status === 503 ? "no answer of the database" : "an answer");
`;

const USER = `export default { name: "user", async run(user) { await user.http.get("/"); } };
`;

const PROBES = `const beat = ({ http }) => http.get("/");
export default [{ class: "read", object: "answers", kind: "read", timeout: "2s", beat }];
`;
