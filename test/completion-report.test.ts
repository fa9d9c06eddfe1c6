/** The completion report agrees with the kept run and the tables, and is no older than they are. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { completionReport, KEPT_FOLDER, REPORT_PAGE, TRACK_FOLDER } from "../scripts/completion.ts";
import { REQUIREMENTS } from "../scripts/completion-rows.ts";
import { keepRun } from "../scripts/kept-run.ts";

type Change = (name: string, edit: (content: never) => unknown) => void;

/** Renders the report of a small kept run after `edit` has changed it. */
function reportOf(edit: (change: Change) => void = () => undefined): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-completion-"));
  try {
    keepRun("test/fixtures/runs/fake", join(folder, "kept"), "fake");
    edit((name, change) => {
      const file = join(folder, "kept", name);
      writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")) as never)));
    });
    return completionReport(join(folder, "kept"), TRACK_FOLDER);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const lineOf = (report: string, says: string) => report.split("\n").find((line) => line.includes(says)) ?? "";

test("the committed report is what its sources say", {
  skip: existsSync(KEPT_FOLDER) ? false : "no full run is kept yet",
}, () => {
  assert.equal(readFileSync(REPORT_PAGE, "utf8"), completionReport(KEPT_FOLDER, TRACK_FOLDER));
});

test("each requirement is a row with its bound, and every file it points to is kept", () => {
  const report = reportOf();
  for (const { says, bound } of REQUIREMENTS) assert.ok(lineOf(report, `| ${says} | ${bound} |`), says);
  assert.match(
    lineOf(report, "acknowledged writes lost"),
    /\| 0 writes \| pass \| \[verdict.json\].*objectives\[id=nothing-lost\]/,
  );
  assert.match(lineOf(report, "manual steps"), /\| 0 \| 0 \| pass \|/);
  assert.match(report, /does not test fsync/);
});

test("what the run did not ask for is unknown, and a plateau too small fails", () => {
  const report = reportOf();
  assert.match(lineOf(report, "PostgreSQL leader failure"), /not asked for \| unknown/);
  assert.match(lineOf(report, "1,000 users, in no second"), /5 users \| fail/);
  assert.match(lineOf(report, "every recovery is the platform's own"), /1 of 1 \| fail/);
});

test("an objective counts only by the mission's own bound", () => {
  const looser = reportOf((change) =>
    change("verdict.json", (verdict: { objectives: object[] }) => ({
      ...verdict,
      objectives: [{ ...verdict.objectives[1], bound: { atMost: 5 } }],
    })),
  );
  assert.match(lineOf(looser, "acknowledged writes lost"), /by another bound: at most 5 writes \| unknown/);
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
    assert.ok(lineOf(report, says).includes(`${measured} | pass`), says);
});
