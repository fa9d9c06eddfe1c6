/** The completion report agrees with the kept run and the tables, and is no older than they are. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { completionReport, KEPT_FOLDERS, REPORT_PAGE, TRACK_FOLDER } from "../scripts/completion.ts";
import { PRODUCT_ROWS } from "../scripts/completion-product.ts";
import { REQUIREMENTS } from "../scripts/completion-rows.ts";
import { keepRun } from "../scripts/kept-run.ts";

type Change = (name: string, edit: (content: never) => unknown) => void;

/** Renders the report of a small kept run, of the lab or of a cluster, after `edit` has changed it; no other run is kept. */
function reportOf(edit: (change: Change) => void = () => undefined, where: "lab" | "cluster" = "lab"): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-completion-"));
  try {
    keepRun("test/fixtures/runs/fake", join(folder, "kept"), "fake");
    edit((name, change) => {
      const file = join(folder, "kept", name);
      writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")) as never)));
    });
    const none = join(folder, "none");
    return completionReport({ lab: none, cluster: none, [where]: join(folder, "kept") }, TRACK_FOLDER);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const lineOf = (report: string, says: string) => report.split("\n").find((line) => line.includes(says)) ?? "";

/** Returns what a row says of the lab and of a cluster. */
const answersOf = (report: string, says: string) => {
  const [, , , lab = "", cluster = ""] = lineOf(report, says).split(/ ?\| ?/);
  return { lab, cluster };
};
const EVIDENCE = /^\*\*(met|missed|unknown)\*\*: .+ \(.*\[[^\]]+\]\([^)]+\).*\)$/;

test("the committed report is up to date with its sources", () => {
  assert.equal(readFileSync(REPORT_PAGE, "utf8"), completionReport(KEPT_FOLDERS, TRACK_FOLDER));
});

test("each requirement is met, missed or unknown on the lab and on a cluster, each with a link to its evidence", () => {
  for (const report of [readFileSync(REPORT_PAGE, "utf8"), reportOf(), reportOf(() => undefined, "cluster")]) {
    for (const { says, bound } of REQUIREMENTS) {
      const { lab, cluster } = answersOf(report, `| ${says} | ${bound} |`);
      assert.match(lab, EVIDENCE, says);
      assert.match(cluster, EVIDENCE, says);
    }
    for (const { says } of PRODUCT_ROWS) assert.match(lineOf(report, says).split(/ ?\| ?/)[2] ?? "", EVIDENCE, says);
  }
});

test("without a kept run each answer is unknown, and a kept run of a cluster fills its own column", () => {
  const report = reportOf(() => undefined, "cluster");
  for (const { says } of REQUIREMENTS)
    assert.match(answersOf(report, says).lab, /^\*\*unknown\*\*: no run is kept \(/, says);
  assert.match(
    answersOf(report, "acknowledged writes lost").cluster,
    /^\*\*met\*\*: 0 writes .*full-run-kubernetes\/verdict/,
  );
  assert.match(answersOf(report, "decisions that do not follow").cluster, /unknown.*own autoscaler decides/);
  assert.match(reportOf(), /On a cluster: unknown/);
});

test("what the mission requires of the product itself is unknown without its table", () => {
  const answer = PRODUCT_ROWS.find(({ says }) => says.startsWith("an API"))?.answer("nowhere");
  assert.equal(answer?.status, "unknown");
});

test("each requirement is a row with its bound, and every file it points to is kept", () => {
  const report = reportOf();
  for (const { says, bound } of REQUIREMENTS) assert.ok(lineOf(report, `| ${says} | ${bound} |`), says);
  assert.match(
    lineOf(report, "acknowledged writes lost"),
    /\*\*met\*\*: 0 writes \(\[verdict.json\].*objectives\[id=nothing-lost\]/,
  );
  assert.match(lineOf(report, "manual steps"), /\| 0 \| \*\*met\*\*: 0 \(/);
  assert.match(report, /does not test fsync/);
});

test("what the run did not demand is unknown, and a plateau that is too small fails", () => {
  const report = reportOf();
  assert.match(lineOf(report, "PostgreSQL leader failure"), /unknown\*\*: not asked for/);
  assert.match(lineOf(report, "1,000 users, in no second"), /missed\*\*: 5 users/);
  assert.match(lineOf(report, "every recovery is the platform's own"), /missed\*\*: 1 of 1/);
});

test("an objective counts only with the required bound", () => {
  const looser = reportOf((change) =>
    change("verdict.json", (verdict: { objectives: object[] }) => ({
      ...verdict,
      objectives: [{ ...verdict.objectives[1], bound: { atMost: 5 } }],
    })),
  );
  assert.match(lineOf(looser, "acknowledged writes lost"), /unknown\*\*: .*by another bound: at most 5 writes/);
});

test("the load's figures come from the plateau", () => {
  const report = reportOf((change) =>
    change("stats.json", (stats: object) => ({
      ...stats,
      plateau: { fromMs: 0, toMs: 1_900_000, seconds: 1900, usersFewest: 1000, workers: 3, cycleSecondsMean: 1.85 },
    })),
  );
  for (const [says, measured] of Object.entries({
    "1,000 users": "1000 users",
    "30 minutes": "1900 s",
    "mean cycle": "1.85 s",
  }))
    assert.ok(lineOf(report, says).includes(`**met**: ${measured} `), says);
});
