import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Output, RunContext } from "../output.ts";
import { ManualClock } from "../std/clock.ts";
import type { TimelineEvent } from "../timeline.ts";
import type { Verdict } from "../verdict.ts";
import { hookOutput } from "./hook.ts";
import { fakeReceiver } from "./receiver.fixture.ts";

const soon = () => AbortSignal.timeout(20_000);
const GUIDE = readFileSync(new URL("../../docs/guide/metrics.md", import.meta.url), "utf8");

/** Returns how a secret stands in a hook's file. */
function secret(name: string): string {
  return `\${env:${name}}`;
}

/** Returns the recipe of the guide whose block begins with that comment, with its URL replaced. */
function recipe(name: string, url: string): string {
  const [, block = ""] =
    new RegExp(`((?:    .*\\n|\\n)*?    # ${name}\\n(?:    .*\\n|\\n(?=    ))*)`).exec(GUIDE) ?? [];
  assert.notEqual(block, "", `no recipe ${name} in the guide`);
  const text = block.slice(block.indexOf(`    # ${name}`)).replaceAll(/^ {4}/gm, "");
  return text
    .replaceAll("http://127.0.0.1:3000", url)
    .replaceAll(secret("SLACK_WEBHOOK"), `${url}/services/${secret("SLACK_KEY")}`);
}

interface Opened {
  readonly output: Output;
  readonly said: string[];
}

async function open(context: TestContext, text: string, env: Record<string, string> = {}): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), "gameday-hook-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "hook.yaml");
  writeFileSync(file, text);
  const said: string[] = [];
  const about: RunContext = {
    ...{ runId: "run-1", plan: "sale", platform: "lab", seed: "s", version: "1", folder: null },
    startedAtMs: 1_000_000,
    clock: new ManualClock(),
    redact: (given) => given.replaceAll("hunter2", "***"),
    say: (says) => void said.push(says),
  };
  const output = await hookOutput.open(about, { hook: [file] }, env);
  assert.ok(output !== null);
  context.after(() => output.close(AbortSignal.abort()));
  return { output, said };
}

const FAULT: readonly TimelineEvent[] = [
  { atMs: 1_000, type: "experiment", experiment: "kill hunter2", fault: "kill-leader", edge: "begin", targets: [] },
  { atMs: 2_000, type: "fault", experiment: "kill hunter2", edge: "commanded", target: "postgres/n1" },
  { atMs: 2_100, type: "fault", experiment: "kill hunter2", edge: "bit", target: "postgres/n1" },
  { atMs: 2_200, type: "fault", experiment: "kill hunter2", edge: "bit", target: "postgres/n2" },
  { atMs: 9_000, type: "fault", experiment: "kill hunter2", edge: "healed", target: "postgres/n2" },
  { atMs: 9_500, type: "fault", experiment: "kill hunter2", edge: "healed", target: "postgres/n1" },
];

test("point 30: the recipe for Grafana creates an annotation at the bite, and sets its end when all is healed", async (context) => {
  const receiver = await fakeReceiver(context, () => ({ status: 200, body: '{"message":"Annotation added","id":7}' }));
  const { output } = await open(context, recipe("grafana.yaml", receiver.url), { GRAFANA_TOKEN: "glsa_s3cret" });
  for (const event of FAULT) output.event?.(event);
  assert.equal((await output.settle?.(soon())) ?? null, null);
  const [begin, end, ...more] = receiver.received;
  assert.deepEqual(more, []);
  assert.deepEqual(
    [begin?.method, begin?.path, end?.method, end?.path],
    ["POST", "/api/annotations", "PATCH", "/api/annotations/7"],
  );
  assert.equal(begin?.headers.authorization, "Bearer glsa_s3cret");
  const { time, tags, text } = JSON.parse(begin?.body ?? "{}") as { time: number; tags: string[]; text: string };
  assert.equal(time, 1_002_100, "a number of milliseconds, as Grafana demands");
  assert.deepEqual(tags, ["gameday", "run-1", "fault", "kill ***", "lab"]);
  assert.match(text, /kill-leader is in force on postgres\/n1/);
  assert.equal((JSON.parse(end?.body ?? "{}") as { timeEnd: number }).timeEnd, 1_009_500);
});

test("the recipe for Slack sends the verdict, and its secret URL is never printed", async (context) => {
  const receiver = await fakeReceiver(context, () => ({ status: 404, body: "no_team" }));
  const { output, said } = await open(context, recipe("slack.yaml", receiver.url), { SLACK_KEY: "T0/s3cret" });
  assert.equal((await output.settle?.(soon())) ?? null, null);
  output.verdict?.({ verdict: "fail", sentence: "Fail: orders were lost." } as Verdict);
  await output.close(soon());
  assert.equal(receiver.received[0]?.path, "/services/T0/s3cret");
  assert.match(
    (JSON.parse(receiver.received[0]?.body ?? "{}") as { text: string }).text,
    /sale.*Fail: orders were lost\./,
  );
  assert.match(said.join(), /^hook hook\.yaml: 1 of 1 messages were not delivered \(the last one: answered 404\)$/);
  assert.doesNotMatch(said.join(), /s3cret/);
});

test("phases are sent if they are listed, and an end whose begin was not answered is left out", async (context) => {
  const receiver = await fakeReceiver(context, () => ({ status: 200, body: "<html>" }));
  const request = (method: string, path: string, body: string) =>
    `{ method: ${method}, url: "${receiver.url}${path}", body: ${body} }`;
  const text = `on: [phase]\nbegin: ${request("POST", "/", '{ p: "{name}", to: "{toMs}" }')}\nend: ${request("PUT", "/{answer.id}", "{}")}\n`;
  const { output } = await open(context, text);
  for (const edge of ["begin", "end"] as const) output.event?.({ atMs: 5, type: "phase", phase: "load", edge });
  assert.equal((await output.settle?.(soon())) ?? null, null);
  assert.deepEqual(
    receiver.received.map(({ method, body }) => [method, body]),
    [["POST", '{"p":"load","to":null}']],
  );
});

test("a receiver that never answers delays nothing, and its losses are recorded", async (context) => {
  const receiver = await fakeReceiver(context, () => ({ status: null }));
  const { output } = await open(context, `on: [fault]\nbegin: { url: "${receiver.url}", body: {} }\n`);
  for (const event of FAULT) output.event?.(event);
  await receiver.arrived(1);
  assert.equal((await output.settle?.(AbortSignal.abort())) ?? null, null, "it is still being sent");
  await output.close(AbortSignal.abort());
});

for (const [says, text, pattern] of [
  ["a field that does not exist", 'begin: { url: "http://a", body: {}, extra: 1 }', /extra|Unrecognized/],
  ["a moment that does not exist", 'on: [boom]\nbegin: { url: "http://a", body: {} }', /on\.0/],
  ["a placeholder that does not exist", 'begin: { url: "http://a", body: { x: "{nmae}" } }', /\{nmae\}/],
  ["another protocol", 'begin: { url: "file:///etc/passwd", body: {} }', /http:\/\//],
  ["a variable that is not set", `begin: { url: "http://a/${secret("NOT_SET")}", body: {} }`, /NOT_SET/],
  ["a file that is not YAML", "begin: [", /./],
] as const) {
  test(`refused before the run begins: ${says}`, async (context) => {
    await assert.rejects(open(context, text), (thrown) => {
      assert.match(String(thrown), pattern);
      return true;
    });
  });
}
