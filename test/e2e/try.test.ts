/** `gameday try`: mistakes of a plan that only show when it is played, each found in one try, and nothing left behind. */
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { folderOfTestFile, gameday, start } from "./gameday.ts";
import { startTryApp } from "./try-app.ts";

const folder = folderOfTestFile("try");
const app = await startTryApp();
after(() => app[Symbol.asyncDispose]());

const scenarioText = (name: string, run: string) => `import { scenario } from "gameday";
export default scenario({ name: ${JSON.stringify(name)}, async run(user) {
${run}
} });
`;
const probeText = (name: string, object: string, beat: string) =>
  `{ class: "${name}", object: "${object}", kind: "add", timeout: "1s", beat: ({ http, id }) => ${beat} }`;

function writeScript(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const BUY = `const id = user.uniqueId();
await user.record({ object: "orders", kind: "add", id, input: { id } }, () => user.http.post("/orders", { json: { id }, name: "buy" }));`;
const buy = writeScript("buy.ts", scenarioText("buy", BUY));
const good = writeScript(
  "probes.ts",
  `import { probes } from "gameday";
export default probes([${probeText("order-write", "orders", 'http.post("/orders", { json: { id } })')}]);`,
);

function writePlan(name: string, change: Record<string, unknown> = {}): string {
  const plan = {
    name: "tried",
    platform: { kind: "external", endpoint: app.url },
    load: { scenarios: [{ file: buy }], vus: 5 },
    probes: { file: good, rate: 5 },
    claims: [{ object: "orders", checkers: ["acked-set", "duplicates"], ledger: { http: "/audit/orders" } }],
    cleanUp: { http: "POST /audit/clean-up" },
    ...change,
  };
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(plan));
  return file;
}

const triesLeft = () => readdirSync(tmpdir()).filter((name) => name.startsWith("gameday-try-"));

test("for a valid plan each part is tried, exit 0, and no row and no folder is left", async () => {
  const before = triesLeft();
  const { code, stdout, stderr } = await gameday(["try", writePlan("sound.yaml")]);
  assert.equal(code, 0, stdout + stderr);
  for (const line of [
    /^ok {5}scenario buy: one iteration$/m,
    /^ok {5}probe order-write: \d+ beats$/m,
    /^ok {5}claim orders: /m,
  ])
    assert.match(stdout, line);
  assert.match(stdout, /^everything in the plan works$/m);
  assert.deepEqual([...app.orders], []);
  assert.deepEqual(triesLeft(), before);
});

test("eight mistakes that only a run shows are all named by one try, exit 1", async () => {
  const scripts = [
    ["path.ts", "wrong path", 'await user.http.get("/oders", { name: "wrong path" });'],
    [
      "check.ts",
      "wrong check",
      'const r = await user.http.get("/", { name: "home" }); user.check("home has a title", "title" in (r.json() as object));',
    ],
    ["throws.ts", "throws", "const nothing: string[] = [];\nawait user.http.get(nothing[0]!.trim());"],
    ["login.ts", "no login", 'await user.http.get("/account", { name: "account" });'],
  ] as const;
  const load = {
    scenarios: scripts.map(([file, name, run]) => ({ file: writeScript(file, scenarioText(name, run)) })),
    vus: 5,
  };
  const probes = writeScript(
    "wrong-probes.ts",
    `import { probes } from "gameday";
export default probes([
${probeText("order-write", "lost", 'http.post("/orders", { json: { id } })')},
${probeText("read", "catalogue", 'http.get("/catalog")')},
]);`,
  );
  const claim = (object: string, path: string) => ({ object, checkers: ["acked-set"], ledger: { http: path } });
  const file = writePlan("wrong.yaml", {
    load,
    probes: { file: probes, rate: 5 },
    claims: [
      claim("lost", "/audit/empty"),
      claim("nobody-writes", "/audit/orders"),
      claim("catalogue", "/audit/orders"),
    ],
    cleanUp: { http: "POST /audit/cleanup" },
  });
  const kept = join(folder, "kept");
  const { code, stdout, stderr } = await gameday(["try", file, "--out", kept]);
  assert.equal(code, 1, stdout + stderr);
  assert.ok(readdirSync(kept).includes("history.ndjson"), "with --out the evidence stays");
  for (const line of [
    /^WRONG {2}request wrong path: .*404/m,
    /^WRONG {2}check "home has a title": /m,
    /^WRONG {2}script: .*throws\.ts:4/m,
    /^WRONG {2}request account: .*401/m,
    /^WRONG {2}probe read: .*404/m,
    /^WRONG {2}claim lost: acked-set: /m,
    /^WRONG {2}claim nobody-writes: no scenario and no probe records/m,
    /^WRONG {2}clean-up: .*404/m,
  ])
    assert.match(stdout, line);
});

test("mistakes that are visible without a run are named before anything starts, exit 3", async () => {
  const kill = {
    name: "one",
    fault: "command",
    target: { name: "web/1" },
    with: { inject: ["true"], verify: ["true"], heal: ["true"] },
  };
  const wrong: [change: Record<string, unknown>, says: RegExp][] = [
    [{ plateu: "1m" }, /plateau/],
    [{ load: { scenarios: [{ file: "by.ts" }], vus: 5 } }, /by\.ts/],
    [{ experiments: [{ ...kill, fault: "kill-leader" }] }, /cannot|not supported|expected/],
    [{ claims: [{ object: "orders", checkers: ["acked"] }] }, /acked-set/],
  ];
  for (const [change, says] of wrong) {
    const { code, stdout, stderr } = await gameday(["try", writePlan("static.yaml", change)]);
    assert.equal(code, 3, stdout + stderr);
    assert.match(stderr, says);
    assert.doesNotMatch(stdout, /^trying/m);
  }
});

test("a platform that does not answer gives exit 4 with the reason", async () => {
  const file = writePlan("away.yaml", { platform: { kind: "external", endpoint: "http://127.0.0.1:9" } });
  const { code, stderr } = await gameday(["try", file]);
  assert.equal(code, 4, stderr);
  assert.match(stderr, /127\.0\.0\.1:9|ECONNREFUSED/);
});

test("an interrupted try reports it, with exit 2, and leaves nothing", async () => {
  const before = triesLeft();
  const started = start(["try", writePlan("interrupted.yaml")]);
  await started.printed(/^trying/m);
  started.child.kill("SIGINT");
  const { code, stdout, stderr } = await started.ended;
  assert.equal(code, 2, stdout + stderr);
  assert.match(stderr, /ended early/);
  assert.doesNotMatch(stdout, /everything in the plan works/);
  assert.deepEqual(triesLeft(), before);
});
