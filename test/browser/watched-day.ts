/**
 * The steps of one game day that is watched and controlled in Chromium from its start to its verdict, with the real server and a real
 * run in a process of its own. The steps share the run and follow each other as people would do it.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import type { TimelineEvent } from "../../src/timeline.ts";
import type { Verdict } from "../../src/verdict.ts";
import { gameday, type Started, start, temporaryFolder } from "../e2e/gameday.ts";
import { countPixels, OUTAGE_COLOUR, openPage, type TestBrowser, waitForText } from "./browser.ts";

const BOOT_MS = 120_000;
const FAULT_MS = 90_000;
/** From the event to the page; `npm run bench` has the same with 300 ms. */
const LAG_MS_MAX = 1000;
/** The page redraws what it counts after the next figures have come. */
const SOON_MS = 30_000;

export interface WatchedPlan {
  /** The plan's file; it has one fault, on the leader of postgres, and minutes of calm after it. */
  readonly plan: string;
  readonly name: string;
  readonly users: number;
}

interface Day extends WatchedPlan {
  readonly folder: string;
  readonly port: number;
  serve: Started;
  readonly run: Started;
  readonly mine: Page;
  readonly theirs: Page;
  readonly contexts: readonly BrowserContext[];
}

export async function watchDay(context: TestContext, browser: TestBrowser, plan: WatchedPlan): Promise<void> {
  const day = await beginDay(context, browser, plan);
  const step = (name: string, work: (day: Day) => Promise<void>) => context.test(name, () => work(day));
  await step("point 1: the page shows the run as soon as it begins, without a form", showsItself);
  await step("point 3: band, red lane and sentence appear when the fault is commanded", showsTheFault);
  await step("point 12: the server is killed and comes back; the run was not disturbed", survivesTheServer);
  await step("point 6: who leads now, and that it changed", showsTheLeader);
  await step(
    "points 14 and 19: the load is changed; nobody is restarted, and a colleague sees who did it",
    changesTheLoad,
  );
  await step("point 17: the names of what would be hit are read before it is broken by hand", injectsByHand);
  await step("point 15: Stop heals first and ends in unknown, stopped by hand", stops);
  await step(
    "point 18: the fault that was injected by hand is in the verdict and the report as by hand",
    reportsByHand,
  );
}

async function beginDay(context: TestContext, browser: TestBrowser, plan: WatchedPlan): Promise<Day> {
  const folder = temporaryFolder(context);
  const serve = startServer(folder, 0);
  await serve.printed(/dashboard: http:\/\/127\.0\.0\.1:\d+\//);
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(serve.output())?.[1]);
  const { stdout } = await gameday(["serve", "--link", "--port", String(port)]);
  const link = /http:\S+#code=\S+/.exec(stdout)?.[0];
  assert.ok(link, stdout);
  const contexts = [await browser.context(), await browser.context()];
  const [own, other] = contexts;
  assert.ok(own && other);
  const mine = await openPage(own, link);
  await waitForText(mine, ".none", /gameday run plan\.yaml --dashboard/);
  const run = start(["run", plan.plan, "--out", join(folder, "watched")]);
  const theirs = await openPage(other, `http://127.0.0.1:${port}/`);
  const day: Day = { ...plan, folder, port, serve, run, mine, theirs, contexts };
  context.after(() => endDay(day));
  return day;
}

async function endDay({ serve, run, contexts }: Day): Promise<void> {
  for (const each of contexts) await each.close();
  if (run.child.exitCode === null) run.child.kill("SIGINT");
  await run.ended;
  serve.child.kill("SIGTERM");
  await serve.ended;
}

function startServer(folder: string, port: number): Started {
  return start(["serve", folder, "--port", String(port)]);
}

async function showsItself({ mine, theirs, name, users }: Day): Promise<void> {
  for (const page of [mine, theirs]) await page.waitForSelector("canvas", { timeout: BOOT_MS });
  await waitForText(mine, "h1", new RegExp(name));
  assert.equal(await mine.locator("input[type=password]").count(), 0);
  await waitForText(mine, ".tiles", new RegExp(`users${users} of ${users}`), BOOT_MS);
  assert.equal(await mine.locator(".pill.pass").count(), 0, "nothing is green");
}

/** The moment at which the page shows it is compared with the event's own, both by this machine's clock. */
async function showsTheFault(day: Day): Promise<void> {
  const { mine } = day;
  const shownAt = await mine
    .waitForFunction(() => (document.querySelector(".experiment.held") === null ? null : Date.now()), null, {
      timeout: FAULT_MS,
      polling: "raf",
    })
    .then((handle) => handle.jsonValue());
  await mine.waitForSelector("section.sentence:is(.down, .fault)", { timeout: 10_000 });
  // A short outage may be over before a busy machine looks: it is in the picture all the same.
  await mine.waitForFunction(() => /down since|1 outage/.test(document.querySelector("canvas")?.ariaLabel ?? ""));
  assert.ok((await countPixels(mine, OUTAGE_COLOUR, 0.16, 1)) > 0, "a lane is red");
  const bit = timeline(day).find((event) => event.type === "fault" && event.edge === "commanded");
  assert.ok(bit);
  const lagMs = (shownAt ?? 0) - startedAt(day) - bit.atMs;
  assert.ok(lagMs < LAG_MS_MAX, `${lagMs} ms after the command`);
}

async function survivesTheServer(day: Day): Promise<void> {
  const { mine, folder, port } = day;
  day.serve.child.kill("SIGKILL");
  await day.serve.ended;
  await mine.waitForSelector("main.stale", { timeout: 2000 });
  await waitForText(mine, ".banner.bad", /Not connected since/);
  day.serve = startServer(folder, port);
  await mine.waitForFunction(() => document.querySelector("main.stale") === null, null, { timeout: 30_000 });
  assert.equal(day.run.child.exitCode, null, "the run goes on");
  assert.equal(timeline(day).filter(({ type }) => type === "control").length, 0);
}

async function showsTheLeader(day: Day): Promise<void> {
  await waitForText(day.mine, ".experiment", /users back after/, FAULT_MS);
  const elected = timeline(day).findLast(
    (event) => event.type === "role" && event.role === "postgres" && event.is === "leader",
  );
  assert.ok(elected?.type === "role" && elected.was !== "unknown", "it changed");
  await waitForText(day.mine, ".tiles", new RegExp(`postgres${elected.target.split("/")[1]} leads`));
}

async function changesTheLoad(day: Day): Promise<void> {
  const { mine, theirs, users } = day;
  const more = users + 3;
  await mine.waitForSelector("[data-control=change-load]:not([aria-disabled])", { timeout: FAULT_MS });
  await mine.click("[data-control=change-load]");
  await mine.fill("[name=target]", String(more));
  await mine.click("dialog [data-do=confirm]");
  for (const page of [mine, theirs]) await waitForText(page, ".tiles", new RegExp(`users${more} of ${more}`), SOON_MS);
  const caller = (await mine.textContent("nav .name")) ?? "";
  assert.notEqual(caller, "");
  for (const page of [mine, theirs]) await waitForText(page, ".log .hot", new RegExp(caller));
  const seen = await mine.evaluate(async () => {
    const [run] = ((await (await fetch("/api/v1/runs")).json()) as { runs: { id: string }[] }).runs;
    const series = (await (await fetch(`/api/v1/runs/${run?.id}/series`)).json()) as {
      columns: { users: (number | null)[] };
    };
    return series.columns.users.filter((each) => each !== null).slice(-8);
  });
  assert.ok(
    seen.every((each) => each >= users),
    `nobody was restarted: ${seen.join(" ")}`,
  );
}

async function injectsByHand(day: Day): Promise<void> {
  const { mine } = day;
  await mine.waitForSelector("[data-control=inject]:not([aria-disabled])", { timeout: FAULT_MS });
  await mine.click("[data-control=inject]");
  await mine.selectOption("[name=fault]", "kill-leader");
  await mine.selectOption("[name=role]", "postgres");
  await mine.fill("[name=hold]", "5");
  await waitForText(mine, ".would-hit", /It would hit now:.*postgres/, SOON_MS);
  const named = (await mine.locator(".would-hit li b").allTextContents()).sort();
  await mine.click("dialog [data-do=confirm]");
  await waitForText(mine, "ol .experiment:last-child", /by hand/, SOON_MS);
  await waitForText(mine, "ol .experiment:last-child", /healed \+/, FAULT_MS);
  const first = timeline(day).flatMap((event) => (event.type === "experiment" ? [event.experiment] : []))[0];
  const hit = timeline(day).flatMap((event) =>
    event.type === "experiment" && event.edge === "begin" && event.experiment !== first
      ? event.targets.map(({ id }) => id)
      : [],
  );
  assert.deepEqual(hit.sort(), named);
}

async function stops(day: Day): Promise<void> {
  const { mine, theirs } = day;
  await mine.click("[data-control=stop]");
  await waitForText(mine, "dialog", /unknown, stopped by hand/);
  await mine.fill("[name=because]", "the test has seen enough");
  await mine.click("dialog [data-do=confirm]");
  const { code, stderr } = await day.run.ended;
  assert.equal(code, 2, stderr);
  for (const page of [mine, theirs]) await page.waitForSelector("section.sentence.unknown", { timeout: 30_000 });
  await waitForText(mine, ".verdict", /unknown/);
}

async function reportsByHand({ folder, mine, port }: Day): Promise<void> {
  const verdict = JSON.parse(readFileSync(join(folder, "watched", "verdict.json"), "utf8")) as Verdict;
  assert.equal(verdict.verdict, "unknown");
  assert.ok(verdict.manualInterventions >= 3, "the load, the fault and the stop");
  assert.match(readFileSync(join(folder, "watched", "report.html"), "utf8"), /by hand/);
  const report = await mine.context().newPage();
  await report.goto(`http://127.0.0.1:${port}/api/v1/runs/watched/files/report.html`);
  assert.match((await report.textContent("body")) ?? "", /by hand/);
  await report.close();
}

function timeline({ folder }: Day): TimelineEvent[] {
  const text = readFileSync(join(folder, "watched", "timeline.ndjson"), "utf8");
  return text.split("\n").flatMap((line) => (line.endsWith("}") ? [JSON.parse(line) as TimelineEvent] : []));
}

function startedAt({ folder }: Day): number {
  return Date.parse(
    (JSON.parse(readFileSync(join(folder, "watched", "run.json"), "utf8")) as { startedAt: string }).startedAt,
  );
}
