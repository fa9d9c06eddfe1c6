/** The whole command, end to end, on the simulated platform: what a person sees of good and bad days. */
import assert from "node:assert/strict";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { TimelineEvent } from "../../src/timeline.ts";
import { gameday, ROOT, readVerdict, start, temporaryFolder } from "./gameday.ts";

const PLAN = "test/fixtures/fake/plan.yaml";
const planText = readFileSync(join(ROOT, PLAN), "utf8");

function timelineOf(run: string): TimelineEvent[] {
  const lines = readFileSync(join(run, "timeline.ndjson"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as TimelineEvent);
}

/** Writes the fixture's plan, changed, into a folder of its own next to copies of its scripts. */
function writePlan(folder: string, change: (text: string) => string): string {
  cpSync(join(ROOT, "test/fixtures/fake"), folder, { recursive: true });
  const file = join(folder, "plan.yaml");
  writeFileSync(file, change(planText));
  return file;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe("gameday run on the fake", { concurrency: 2 }, () => {
  test("an honest platform passes, and judging a read-only copy elsewhere gives the same bytes", async (context) => {
    const folder = temporaryFolder(context);
    const run = join(folder, "run");
    const { code, stdout, stderr } = await gameday(["run", PLAN, "--out", run]);
    assert.equal(code, 0, stdout + stderr);
    const copy = join(folder, "copy");
    cpSync(run, copy, { recursive: true });
    for (const file of filesBelow(copy)) chmodSync(file, 0o444);
    chmodSync(copy, 0o555);
    const [again, reports] = [join(folder, "again"), join(folder, "reports")];
    const env = { TZ: "Asia/Tokyo", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" };
    const judged = await gameday(["judge", copy, "--out", again], { env, cwd: folder });
    assert.equal(judged.code, 0, judged.stderr);
    const reported = await gameday(["report", copy, "--out", reports], { env, cwd: folder });
    assert.equal(reported.code, 0, reported.stderr);
    assert.equal(readFileSync(join(again, "verdict.json"), "utf8"), readFileSync(join(run, "verdict.json"), "utf8"));
    for (const name of readdirSync(reports)) {
      assert.equal(readFileSync(join(reports, name), "utf8"), readFileSync(join(run, name), "utf8"), name);
    }
    chmodSync(copy, 0o755);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`${signal} during a fault heals it, and the run is judged: unknown, exit 2`, async (context) => {
      const run = join(temporaryFolder(context), "run");
      const started = start(["run", PLAN, "--out", run]);
      await started.printed(/fault bit/);
      started.child.kill(signal);
      const { code, stdout, stderr } = await started.ended;
      assert.equal(code, 2, stdout + stderr);
      const edges = timelineOf(run).flatMap((event) => (event.type === "fault" ? [event.edge] : []));
      assert.deepEqual(edges, ["commanded", "bit", "heal-commanded", "healed"]);
      assert.equal(readVerdict(run).verdict, "unknown");
      assert.equal(readVerdict(run).manualInterventions, 1);
    });
  }

  for (const lie of ["drops-acknowledged-write", "recovers-late", "claims-fault-that-did-not-bite"]) {
    test(`the liar that ${lie.replaceAll("-", " ")} is named`, async (context) => {
      const folder = temporaryFolder(context);
      // The bound must be well below the fault's hold: at 3 s, when the fault ends, the lie and the bound would meet by chance.
      const plan = writePlan(folder, (text) =>
        text.replace("lies: []", `lies: [${lie}]`).replace("under: 3", "under: 2"),
      );
      const run = join(folder, "run");
      const { code } = await gameday(["run", plan, "--out", run]);
      const verdict = readVerdict(run);
      const bad = [...verdict.findings, ...verdict.validity]
        .filter((finding) => finding.status !== "pass")
        .map((finding) => finding.checker);
      const missed = verdict.objectives
        .filter((objective) => objective.status !== "pass")
        .map((objective) => objective.id);
      if (lie === "drops-acknowledged-write") {
        assert.equal(code, 1);
        assert.ok(bad.includes("acked-set") && missed.includes("nothing-lost"), JSON.stringify({ bad, missed }));
      } else if (lie === "recovers-late") {
        assert.equal(code, 1);
        assert.ok(missed.includes("writes-recover"), JSON.stringify({ bad, missed }));
      } else {
        assert.equal(code, 2);
        assert.ok(bad.includes("faults-bit"), JSON.stringify({ bad, missed }));
      }
    });
  }

  test("a secret of the plan is in no file of the run and in nothing that is printed", async (context) => {
    const folder = temporaryFolder(context);
    const reference = `"$\{env:SHOP_TOKEN}"`;
    const secret = "s3cr3t-of-the-shop";
    const plan = writePlan(folder, (text) =>
      text.replace(
        "  vus: 5",
        () => `  env: { TOKEN: ${reference} }
  vus: 5`,
      ),
    );
    const run = join(folder, "run");
    const { code, stdout, stderr } = await gameday(["run", plan, "--out", run], { env: { SHOP_TOKEN: secret } });
    assert.equal(code, 0, stdout + stderr);
    assert.doesNotMatch(stdout + stderr, new RegExp(secret));
    const files = filesBelow(run);
    assert.ok(files.length > 5);
    assert.deepEqual(
      files.filter((file) => readFileSync(file, "utf8").includes(secret)),
      [],
    );
    assert.match(readFileSync(join(run, "run.json"), "utf8"), /\[secret SHOP_TOKEN\]/);
  });

  test("a plan without experiments is valid, and the report states that no failure was tested", async (context) => {
    const folder = temporaryFolder(context);
    const withoutFaults = planText
      .replace(/experiments:[\s\S]*?(?=claims:)/, "experiments: []\n")
      .replace(/ {2}- id: writes-recover[\s\S]*?(?= {2}- id: nothing-lost)/, "");
    const plan = writePlan(folder, () => withoutFaults);
    const run = join(folder, "run");
    const { code, stdout, stderr } = await gameday(["run", plan, "--out", run]);
    assert.equal(code, 0, stdout + stderr);
    assert.ok(readVerdict(run).notTested.some((gap) => gap.what === "any failure"));
  });
});

describe("bad input", { concurrency: 2 }, () => {
  test("a run never writes into an existing folder", async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, "run"));
    const { code, stderr } = await gameday(["run", PLAN, "--out", join(folder, "run")]);
    assert.equal(code, 3);
    assert.match(stderr, /give --out a new folder/);
  });

  test("mistakes in a plan are reported with line, column and a suggestion, and check and run agree", async (context) => {
    const plan = writePlan(temporaryFolder(context), (text) => text.replace("experiments:", "experimants:"));
    for (const command of ["check", "run"]) {
      const { code, stderr } = await gameday([command, plan]);
      assert.equal(code, 3);
      assert.match(stderr, /plan\.yaml:\d+:1: .*"experimants".*\n.*did you mean "experiments"/);
    }
  });

  test("an unknown fault, checker, file or selector is an error, never a pass", async (context) => {
    const folder = temporaryFolder(context);
    const cases: [string, string, RegExp][] = [
      ["fault: kill-leader", "fault: kill-leeder", /did you mean "kill-leader"/],
      ["[acked-set, duplicates]", "[aked-set]", /did you mean "acked-set"/],
      ["file: shop.ts", "file: shoop.ts", /shoop\.ts/],
      ["target: { role: postgres }", "target: { role: mysql }", /mysql/],
      ["measure: recovery-seconds", "measure: recovery-second", /did you mean "recovery-seconds"/],
    ];
    for (const [from, to, says] of cases) {
      const plan = writePlan(folder, (text) => text.replace(from, to));
      const { code, stderr } = await gameday(["check", plan]);
      assert.equal(code, 3, `${to}: ${stderr}`);
      assert.match(stderr, says);
    }
  });

  test("for a misspelt command or flag the message suggests the nearest name", async () => {
    const { code, stderr } = await gameday(["rum", PLAN]);
    assert.equal(code, 3);
    assert.match(stderr, /run/);
  });
});
