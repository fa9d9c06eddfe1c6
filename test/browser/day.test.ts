/** A game day on the simulated platform, with the real server and a real run, watched and controlled in Chromium. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT, temporaryFolder } from "../e2e/gameday.ts";
import { SKIP, useBrowser } from "./browser.ts";
import { watchDay } from "./watched-day.ts";

const browser = useBrowser();

test("a game day on the fake, watched and controlled from its start to its verdict", {
  skip: SKIP,
}, async (context) => {
  const folder = temporaryFolder(context);
  cpSync(join(ROOT, "test/fixtures/fake"), folder, { recursive: true });
  const plan = join(folder, "plan.yaml");
  const text = readFileSync(plan, "utf8").replace("hold: 3s", "hold: 15s").replace("calm: 2s", "calm: 5m");
  writeFileSync(plan, text);
  await watchDay(context, browser, { plan, name: "fake", users: 5 });
});
