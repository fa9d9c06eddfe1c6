/**
 * `npm run prove:new [-- APP...]`: makes a Node, a Django and a Java app from nothing, as newcomers do, installs the packed Gameday
 * beside each, and types `gameday new`, `try` and `run`. Adds one row for each app to docs/track-record/new.json; without names it plays
 * the apps whose newest row is no pass. Exits with 1 when one of those it played did not pass.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exec } from "../src/std/exec.ts";
import { NEWCOMERS } from "../test/newcomers/apps.ts";
import { type FirstDay, firstDay } from "../test/newcomers/play.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/new.json";
const COMMAND = "npm run prove:new";

let record = readRecord<Row & FirstDay>(FILE, "the first game day of a Node, a Django and a Java app", COMMAND);
const asked = process.argv.slice(2);
const passed = (app: string) => record.rows.findLast((row) => row.app === app)?.verdict === "pass";
const chosen = NEWCOMERS.filter(({ name }) => (asked.length === 0 ? !passed(name) : asked.includes(name)));

const folder = mkdtempSync(join(tmpdir(), "gameday-newcomers-"));
chmodSync(folder, 0o755); // the app runs as nobody
try {
  const pack = ["npm", "pack", "--silent", "--pack-destination", folder];
  const { stdout } = await exec(pack, { deadlineMs: 300_000 });
  const tarball = join(folder, stdout.trim().split("\n").at(-1) ?? "");
  for (const newcomer of chosen) {
    const day = await firstDay(newcomer, { folder, tarball, say: (text) => console.log(text) });
    const date = new Date().toISOString().slice(0, 19);
    record = addRow(FILE, record, {
      command: `${COMMAND} -- ${day.app}`,
      commit: commit(),
      seed: "none",
      date,
      ...day,
    });
    console.log(JSON.stringify(day, null, 1));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = chosen.every(({ name }) => passed(name)) ? 0 : 1;
