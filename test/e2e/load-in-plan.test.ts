/** Executors and thresholds of a plan, through the whole command on the simulated platform. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { TimelineEvent } from "../../src/timeline.ts";
import { gameday, ROOT, readVerdict, temporaryFolder } from "./gameday.ts";

const LOAD = "  vus: 5\n  rampUp: 500ms\n";

/** Runs the fixture's plan with another load. Returns its folder and the result. */
async function play(context: TestContext, load: string, change = (text: string) => text) {
  const folder = temporaryFolder(context);
  cpSync(join(ROOT, "test/fixtures/fake"), folder, { recursive: true });
  const plan = join(folder, "plan.yaml");
  const text = readFileSync(plan, "utf8");
  assert.ok(text.includes(LOAD), "the fixture's load has moved");
  writeFileSync(plan, change(text.replace(LOAD, load)));
  const run = join(folder, "run");
  const ended = await gameday(["run", plan, "--out", run]);
  const lines = readFileSync(join(run, "timeline.ndjson"), "utf8").trim().split("\n");
  const timeline = lines.map((line) => JSON.parse(line) as TimelineEvent);
  return { run, timeline, verdict: readVerdict(run), ...ended };
}

describe("the load of a plan", { concurrency: 2 }, () => {
  test("a threshold that fails ends the run cleanly: healed, judged, and the same when judged again", async (context) => {
    const thresholds = `  thresholds:
    http_req_duration: ["p(95) < 60000"]
    "http_req_duration{name:nobody asks}": ["p(95) < 60000"]
    http_req_failed: [{ threshold: rate < 1%, abortOnFail: true, delayAbortEval: 1s }]
`;
    const { run, timeline, verdict, code, stdout } = await play(context, LOAD + thresholds);
    assert.equal(code, 1, stdout);
    const rows = verdict.objectives.filter(({ measure }) => measure === "threshold");
    assert.deepEqual(
      rows.map(({ status }) => status),
      ["pass", "unknown", "fail"],
    );
    assert.match(rows[2]?.because ?? "", /when it ended the run/);
    const at = (holds: (event: TimelineEvent) => boolean) => timeline.find(holds)?.atMs ?? Number.NaN;
    const stopped = at((event) => event.type === "control" && event.by.startsWith("threshold http_req_failed"));
    assert.ok(stopped <= at((event) => event.type === "fault" && event.edge === "healed"), "what was broken is healed");
    const again = join(run, "..", "again");
    await gameday(["judge", run, "--out", again]);
    assert.equal(readFileSync(join(again, "verdict.json"), "utf8"), readFileSync(join(run, "verdict.json"), "utf8"));
  });

  test("iterations end by themselves, and the timeline records from when on there were no users", async (context) => {
    const load =
      "  executor: shared-iterations\n  vus: 3\n  iterations: 30\n  thresholds: { iterations: count == 30 }\n";
    const { timeline, verdict, stdout } = await play(context, load);
    const edges = timeline.flatMap((event) => (event.type === "load" ? [[event.edge, event.users]] : []));
    assert.deepEqual(edges, [
      ["begin", 0],
      ["steady", 3],
      ["ramp-down", 0],
      ["end", 0],
    ]);
    assert.equal(verdict.objectives.find(({ measure }) => measure === "threshold")?.status, "pass", stdout);
  });

  test("an arrival rate works with preallocated users", async (context) => {
    const load = "  executor: constant-arrival-rate\n  rate: 600\n  timeUnit: 1m\n  preAllocatedVUs: 4\n  maxVUs: 40\n";
    const { verdict, code, stdout } = await play(context, `${load}  thresholds: { dropped_iterations: count < 1 }\n`);
    assert.equal(code, 0, stdout);
    assert.equal(verdict.objectives.find(({ measure }) => measure === "threshold")?.status, "pass");
  });

  for (const [name, load, culprit, says] of [
    [
      "a threshold that is none",
      `${LOAD}  thresholds:\n    http_req_duraton: ["p(95) < 5"]\n`,
      '"p(95) < 5"',
      /\n.*statistics/,
    ],
    [
      "a load that is gone",
      "  stages: [{ duration: 1s, target: 5 }, { duration: 1s, target: 0 }]\n",
      "0 }",
      /\n.*ramp-down/,
    ],
    [
      "an option of another executor",
      "  executor: constant-vus\n  rate: 5\n",
      "5",
      /an option that constant-vus has, got rate/,
    ],
  ] as const) {
    test(`${name} is refused before anything is started`, async (context) => {
      const folder = temporaryFolder(context);
      cpSync(join(ROOT, "test/fixtures/fake"), folder, { recursive: true });
      const plan = join(folder, "plan.yaml");
      const text = readFileSync(plan, "utf8").replace(LOAD, load);
      writeFileSync(plan, text);
      const before = text.slice(0, text.indexOf(load) + load.lastIndexOf(culprit)).split("\n");
      const place = `plan.yaml:${before.length}:${(before.at(-1) ?? "").length + 1}: `;
      for (const command of ["check", "run"]) {
        const { code, stderr } = await gameday([command, plan]);
        assert.equal(code, 3, stderr);
        assert.match(stderr, says);
        assert.ok(stderr.includes(place), `${place} in ${stderr}`);
      }
    });
  }
});
