/** A load leaves the evidence of a run: it is judged, reported and compared like one, with the result that the load itself had. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openEvidence } from "../../src/evidence/reader.ts";
import { readSeconds } from "../../src/second/file.ts";
import { pause, until } from "../../src/std/wait.ts";
import { gameday, readVerdict, start, temporaryFolder } from "./gameday.ts";
import { fixture, target } from "./load.fixture.ts";

describe("the evidence of a load", { concurrency: 2 }, () => {
  test("load --out D, judge D, report D and compare D D2 work, and agree", async (context) => {
    const aim = await target();
    context.after(aim.close);
    const folder = temporaryFolder(context);
    const [first, second] = [join(folder, "D"), join(folder, "D2")];
    const script = [fixture("steady.ts"), "-q", "--workers", "1", "-u", "3", "-d", "2s", "-H", aim.baseUrl];
    const asked = ["--threshold", "http_req_failed: rate < 0.1", "--threshold", "http_reqs: count > 3"];
    for (const out of [first, second]) {
      const { code, stdout, stderr } = await gameday(["load", ...script, ...asked, "--out", out]);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /report .*report\.html/);
    }
    const evidence = openEvidence(first);
    assert.deepEqual(evidence.flaws, []);
    assert.equal(evidence.run.plan.platform.kind, "url");
    assert.ok(readSeconds(first).some(({ answered }) => (answered ?? 0) > 0));
    const judged = await gameday(["judge", first, "--json"]);
    assert.equal(judged.code, 0, judged.stdout + judged.stderr);
    assert.equal(judged.stdout, readFileSync(join(first, "verdict.json"), "utf8"));
    const { objectives, sentence } = readVerdict(first);
    assert.deepEqual(
      objectives.map(({ status }) => status),
      ["pass", "pass"],
    );
    assert.match(sentence, /^Pass: 2 of 2 objectives met/);
    const reported = await gameday(["report", first, "--out", join(folder, "again")]);
    assert.equal(reported.code, 0, reported.stderr);
    const pages = [first, join(folder, "again")].map((run) => readFileSync(join(run, "report.html"), "utf8"));
    assert.equal(pages[0], pages[1]);
    const compared = await gameday(["compare", first, second]);
    assert.match(compared.stdout, /threshold http_reqs: count > 3 +pass/);
    assert.doesNotMatch(compared.stdout, /^note: the plan of/m, "both loads are of the same plan");
    const taken = await gameday(["load", ...script, "--out", first]);
    assert.equal(taken.code, 3, taken.stderr);
    assert.match(taken.stderr, /folder-taken|without the evidence of an earlier run/);
  });

  test("a script that does not load leaves a folder that can be used after it is repaired", async (context) => {
    const aim = await target();
    context.after(aim.close);
    const folder = temporaryFolder(context);
    const [broken, out] = [join(folder, "broken.ts"), join(folder, "D")];
    writeFileSync(broken, "export default nonsense(;");
    const shape = ["-q", "--workers", "1", "-i", "2", "-H", aim.baseUrl, "--out", out];
    const failed = await gameday(["load", broken, ...shape]);
    assert.notEqual(failed.code, 0);
    assert.deepEqual(readdirSync(out), []);
    assert.equal((await gameday(["load", fixture("steady.ts"), ...shape])).code, 0);
  });

  test("metrics are served while a load lasts, and the port is free afterwards", async (context) => {
    const aim = await target();
    context.after(aim.close);
    const shape = [fixture("steady.ts"), "-q", "--workers", "1", "-u", "2", "-d", "60s", "-H", aim.baseUrl];
    const run = start(["load", ...shape, "--metrics", ":0", "--metrics-names", "gameday,k6"]);
    let said = "";
    run.child.stderr?.on("data", (text: string) => {
      said += text;
    });
    const signal = AbortSignal.timeout(30_000);
    await until(() => said.includes("/metrics"), { what: "the address of the metrics", deadlineMs: 30_000, signal });
    const [url = ""] = /http:\S+/.exec(said) ?? [];
    let text = "";
    const counted = async () => {
      text = await (await fetch(url)).text();
      return /^gameday_requests_total\{.*expected_response="true"\} [1-9]/m.test(text);
    };
    while (!(await counted())) await pause(100, signal);
    assert.match(text, /^k6_http_reqs_total\{testid="load-/m);
    assert.equal((await fetch(url, { headers: { origin: "http://127.0.0.1" } })).status, 403);
    run.child.kill("SIGINT");
    await run.ended;
    await assert.rejects(fetch(url));
  });

  for (const { says, script, flags, code } of [
    { says: "a failed threshold", script: "steady.ts", flags: ["--threshold", "http_reqs: count < 1"], code: 1 },
    {
      says: "a threshold without samples",
      script: "steady.ts",
      flags: ["--threshold", "http_reqs{name:no}: rate > 1"],
      code: 2,
    },
    { says: "no threshold", script: "steady.ts", flags: [], code: 0 },
  ]) {
    test(`with ${says} the load and its judge end with ${code}`, async (context) => {
      const aim = await target();
      context.after(aim.close);
      const out = join(temporaryFolder(context), "D");
      const shape = [fixture(script), "-q", "--workers", "1", "-u", "2", "-i", "20", "-H", aim.baseUrl];
      const ended = await gameday(["load", ...shape, ...flags, "--out", out]);
      assert.equal(ended.code, code, ended.stdout + ended.stderr);
      const judged = await gameday(["judge", out]);
      assert.equal(judged.code, code, judged.stdout + judged.stderr);
    });
  }
});
