import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { judgeFully } from "../verdict/judge.ts";
import {
  cleanRun,
  evidenceOf,
  type FakeRun,
  KILL,
  objective,
  probeSamples,
  toldChecker,
} from "../verdict/run.fixture.ts";
import { excerptOf } from "./logs.ts";
import { renderFiles } from "./render.ts";
import { type MarkdownParts, renderMarkdown } from "./text/markdown.ts";
import { renderSummary } from "./text/summary.ts";

const HOSTILE = `</title><script>alert("x")</script><img src=x onerror=alert(1)>|'\u202e\u0000]]>&`;

function rendered(change: (run: FakeRun) => void = () => undefined): ReadonlyMap<string, string> {
  const run = cleanRun([
    objective("recovery-seconds", { under: 3 }, { experiment: KILL.name }),
    objective("lost-writes", { atMost: 0 }),
  ]);
  change(run);
  const evidence = evidenceOf(run);
  return renderFiles(judgeFully(evidence, [toldChecker()]), evidence);
}

function file(files: ReadonlyMap<string, string>, name: string): string {
  const text = files.get(name);
  assert.ok(text !== undefined, name);
  return text;
}

test("a report holds the verdict, the objectives, the experiments, validity and how to repeat", () => {
  for (const name of ["report.html", "report.md"]) {
    const text = file(rendered(), name);
    for (const part of [
      "recovery-seconds holds",
      "kill-postgres",
      "healthy-before",
      "gameday run fake.yaml --seed 7",
      "fsync",
    ]) {
      assert.ok(text.includes(part), `${name} lacks ${part}`);
    }
  }
});

test("the page fetches nothing, runs nothing, and draws the outage and the fault", () => {
  const html = file(rendered(), "report.html");
  assert.doesNotMatch(html, /<script|<link|<img|<iframe|url\(|@import|src=/i);
  for (const [, target = ""] of html.matchAll(/href="([^"]*)"/g)) {
    if (target.startsWith("#")) assert.ok(html.includes(`id="${target.slice(1)}"`), `${target} leads nowhere`);
    else assert.match(target, /^[a-z-]+(\.[a-z]+|\/)$/, "a file of the run folder");
  }
  assert.match(html, /default-src 'none'|default-src &#39;none&#39;/);
  assert.match(html, /class="box p-fault"/);
  assert.match(html, /class="box p-outage"/);
});

test("what is not met comes before what is, and what is met is folded", () => {
  const html = file(
    rendered((run) => {
      const [quick, lost] = run.plan.objectives;
      run.plan = { ...run.plan, objectives: [lost, quick].filter((one) => one !== undefined) };
    }),
    "report.html",
  );
  const at = (text: string) => html.indexOf(text);
  assert.ok(at('id="objectives"') < at('id="timeline"'), "a missed objective stands above the timeline");
  assert.ok(at('class="objective fail"') < at("1 objective of 2 met"));
  assert.ok(at("1 objective of 2 met") < at('class="objective pass"'));
  const passed = file(
    rendered((run) => {
      run.plan = { ...run.plan, objectives: run.plan.objectives.slice(1) };
    }),
    "report.html",
  );
  assert.ok(passed.indexOf('id="timeline"') < passed.indexOf('id="objectives"'));
});

test("the reason of a missed objective stands once besides the sentence", () => {
  const html = file(rendered(), "report.html");
  const [because = ""] = /Recovered [\d.]+ (?:s )?to [\d.]+ s after the bite/.exec(html) ?? [];
  const shown = html.replaceAll(/ title="[^"]*"/g, "");
  assert.equal(shown.split(because).length - 1, 1, because);
});

test("a class of users that felt nothing has no outage, and never one of 0 s", () => {
  const files = rendered((run) => {
    run.operations = probeSamples("order-write", "kept", []);
    run.plan = { ...run.plan, objectives: [objective("recovery-seconds", { under: 3 }, { experiment: KILL.name })] };
  });
  for (const name of ["report.html", "report.md"]) {
    const text = file(files, name);
    assert.match(text, /no outage/);
    assert.doesNotMatch(text, /\b0 s to 0 s|measured (<b>)?0 s/);
  }
  assert.match(
    file(files, "report.html"),
    /600 of [\d,]+ failed .*The probes met none of it/s,
    "600 requests failed all the same",
  );
});

test("log lines around a bite are shown with their distance to it, and no other byte depends on them", () => {
  const evidence = evidenceOf(cleanRun([objective("lost-writes", { atMost: 0 })]));
  const judgement = judgeFully(evidence, [toldChecker()]);
  const lines = [
    { atMs: 21_000, file: "n2.log", text: "promoted <self>" },
    { atMs: 90_000, file: "n2.log", text: "much later" },
  ];
  const plain = renderFiles(judgement, evidence);
  const withLogs = renderFiles(judgement, evidence, [excerptOf(KILL.name, 20_100, lines)]);
  const html = file(withLogs, "report.html");
  assert.match(html, /<b>\+0\.9 s<\/b> <span class="dim">n2\.log<\/span> promoted &lt;self&gt;/);
  assert.doesNotMatch(html, /much later/);
  assert.equal(html.replace(/<h4>Logs around the bite<\/h4><ol.*?<\/ol>/s, ""), file(plain, "report.html"));
  for (const [name, text] of plain) if (name !== "report.html") assert.equal(withLogs.get(name), text, name);
});

test("report.md of the kept full run, with five faults and 24 objectives, has at most 60 lines", () => {
  const read = (name: string): unknown => JSON.parse(readFileSync(`docs/full-run/${name}`, "utf8"));
  const kept = { verdict: read("verdict.json"), run: read("run.json"), stats: read("stats.json") };
  const text = renderMarkdown({ ...(kept as Omit<MarkdownParts, "places">), places: { bites: [], leaders: [] } });
  assert.ok(text.trimEnd().split("\n").length <= 60, text);
  assert.match(text, /^\| pass \| the database leader dies .*order-write 4\.77 to 4\.94 s; .*session-write no outage/m);
});

test("hostile text stays text in every file", () => {
  const files = rendered((run) => {
    run.plan = {
      ...run.plan,
      name: HOSTILE,
      objectives: run.plan.objectives.map((one) => ({ ...one, says: HOSTILE })),
    };
    run.timeline = run.timeline.map((one) => (one.type === "health" ? { ...one, seen: HOSTILE, ok: false } : one));
    run.operations = run.operations.map((one) =>
      one.probe ? { ...one, probe: { ...one.probe, class: HOSTILE } } : one,
    );
    run.intervals = run.intervals.map((one) => ({
      ...one,
      metrics: one.metrics.map((metric) => ({ ...metric, metric: "http_req_duration{name:<script>}" })),
    }));
  });
  for (const name of ["report.html", "report.md", "junit.xml"]) {
    const text = file(files, name);
    for (const raw of ["<script", "<img", "\u202e", "\u0000"])
      assert.ok(!text.includes(raw), `${name} has ${JSON.stringify(raw)}`);
  }
  const { verdict } = judgeFully(
    evidenceOf(cleanRun([{ ...objective("lost-writes", { atMost: 0 }), says: "\u001b[31mred" }])),
    [toldChecker()],
  );
  assert.ok(!renderSummary(verdict).includes("\u001b"), "no escape sequence reaches a terminal");
});

test("junit counts what failed and what is unknown", () => {
  const xml = file(rendered(), "junit.xml");
  assert.match(xml, /<testsuite name="objectives" tests="2" failures="1" errors="0">/);
  assert.match(xml, /<failure message="Recovered/);
});

test("statistics agree with the intervals they are made of", () => {
  const stats = JSON.parse(file(rendered(), "stats.json"));
  const whole = stats.windows.find((one: { window: string }) => one.window === "whole");
  assert.deepEqual([whole.requests, whole.failed, whole.successPercent], [5400, 600, 88.889]);
  assert.equal(stats.requests[0].name, "sale");
});

test("the same bytes under any language and time zone", () => {
  const script = `
    import { createHash } from "node:crypto";
    import { judgeFully } from "./verdict/judge.ts";
    import { renderFiles } from "./report/render.ts";
    import { cleanRun, evidenceOf, objective, toldChecker } from "./verdict/run.fixture.ts";
    const evidence = evidenceOf(cleanRun([objective("lost-writes", { atMost: 0 })]));
    const files = renderFiles(judgeFully(evidence, [toldChecker()]), evidence);
    console.log(createHash("sha256").update(JSON.stringify([...files])).digest("hex"));`;
  const hash = (env: Record<string, string>) =>
    execFileSync(process.execPath, ["--input-type=module-typescript", "--eval", script], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { PATH: process.env["PATH"], ...env },
      encoding: "utf8",
    });
  const here = hash({ TZ: "UTC", LANG: "C" });
  assert.match(here, /^[0-9a-f]{64}\n$/);
  assert.equal(hash({ TZ: "Asia/Tokyo", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" }), here);
});
