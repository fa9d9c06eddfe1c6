/**
 * Measures what the dashboard costs: the CPU time of its server with one watcher and with 200; how late an event is on the
 * page; how long the first figures take after the click; and whether 200 watchers disturb the run that they watch.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import type { Interval } from "../../src/interval.ts";
import { findChromium } from "../../test/browser/browser.ts";
import { start } from "../../test/e2e/gameday.ts";
import type { Bench, Part } from "../bench.ts";
import { MadeRun } from "../dashboard/made-run.ts";
import { Served } from "../dashboard/served.ts";
import { atMost, type Goal, median } from "../goals.ts";

const WATCHERS = 200;
/** What begins with a watcher is not what watching costs. */
const SETTLE_MS = 3_000;
const CLICKS = 5;
/** Each pair is so many seconds alone and so many watched. */
const PAIR_S = 6;
const PAIRS = 4;

export const dashboard: Part = async (bench) => [
  ...(await serverGoals(Math.max(20, 2 * bench.seconds))),
  ...(await pageGoals()),
  await loopGoal(bench),
];

/** Returns the share of a core that the server's process uses with one watcher and with 200. */
async function serverFigures(phaseS: number): Promise<{ readonly one: number; readonly many: number }> {
  using run = new MadeRun();
  await using served = await Served.start(run.runsFolder, run.stateFolder);
  const share = async () => {
    await delay(SETTLE_MS);
    const [cpu, atMs] = [served.cpuSeconds(), performance.now()];
    await delay(phaseS * 1_000);
    return (served.cpuSeconds() - cpu) / ((performance.now() - atMs) / 1_000);
  };
  const sockets = [await served.watch("live")];
  const one = await share();
  while (sockets.length < WATCHERS) sockets.push(await served.watch("live"));
  const many = await share();
  for (const socket of sockets) socket.destroy();
  return { one, many };
}

async function serverGoals(phaseS: number): Promise<Goal[]> {
  const { one, many } = await serverFigures(phaseS);
  const each = ((many - one) * 1e6) / (WATCHERS - 1);
  return [
    atMost("dashboard: server with one watcher, of a core", one * 100, 1, "%"),
    atMost("dashboard: CPU for each watcher and second at 200", each, 100, "us"),
  ];
}

async function pageGoals(): Promise<Goal[]> {
  const figures = await pageFigures();
  return [
    atMost("dashboard: first figures after the click", figures?.firstFiguresS ?? null, 1, "s"),
    atMost("dashboard: an event is on the page, p95", figures?.eventMsP95 ?? null, 300, "ms"),
  ];
}

/** Returns null where there is no Chromium. */
async function pageFigures(): Promise<{ firstFiguresS: number | null; eventMsP95: number } | null> {
  const executablePath = findChromium();
  if (executablePath === undefined) return null;
  using run = new MadeRun();
  await using served = await Served.start(run.runsFolder, run.stateFolder);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    await delay(SETTLE_MS);
    const clicks: number[] = [];
    for (let n = 0; n < CLICKS; n++) clicks.push(await firstFiguresS(browser, served.link()));
    return { firstFiguresS: median(clicks), eventMsP95: await eventMsP95(browser, served, run) };
  } finally {
    await browser.close();
  }
}

/** A browser without anything of the page in its cache opens the link. */
async function firstFiguresS(browser: Browser, link: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const clicked = performance.now();
  await page.goto(link, { waitUntil: "commit" });
  await page.waitForFunction(() => /users\d/.test(document.querySelector(".tiles")?.textContent ?? ""));
  const seconds = (performance.now() - clicked) / 1_000;
  await context.close();
  return seconds;
}

const EVENTS = 30;

/** The page itself notes when it shows each mark, by the clock of the same machine. */
async function eventMsP95(browser: Browser, served: Served, run: MadeRun): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`http://127.0.0.1:${served.port}/runs/live`);
  await page.waitForSelector(".log");
  const first = run.writtenAt.size;
  const shown = await page.evaluate(
    ([from, count]) =>
      new Promise<[string, number][]>((resolve) => {
        const found = new Map<string, number>();
        const observer = new MutationObserver(() => {
          const at = Date.now();
          const text = document.querySelector(".log")?.textContent ?? "";
          for (const [says = ""] of text.matchAll(/mark \d+;/g))
            if (Number.parseInt(says.slice(5), 10) > (from ?? 0) && !found.has(says)) found.set(says, at);
          if (found.size < (count ?? 0)) return;
          observer.disconnect();
          resolve([...found]);
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
    [first, EVENTS],
  );
  const late = shown.map(([says, at]) => at - (run.writtenAt.get(says) ?? Number.NaN)).sort((a, b) => a - b);
  return late[Math.ceil(late.length * 0.95) - 1] ?? Number.NaN;
}

async function loopGoal(bench: Bench): Promise<Goal> {
  await using target = await bench.target(20);
  const { alone, watched } = await loopDelays(target.baseUrl);
  return atMost("dashboard: the run's loop delay with 200 watchers, more than without", watched - alone, 1, "ms");
}

/** Returns the median of the p99 of the loop's delay in each second of a real load, alone and watched by 200, in turns. */
async function loopDelays(host: string): Promise<{ readonly alone: number; readonly watched: number }> {
  const root = mkdtempSync(join(tmpdir(), "gameday-bench-"));
  const [runs, state] = [join(root, "runs"), join(root, "state")];
  const folder = join(runs, "load");
  const flags = ["--host", host, "--users", "10", "--duration", "10m", "--out", folder, "--quiet"];
  const load = start(["load", "test/fixtures/load/visit.ts", ...flags], { env: { GAMEDAY_STATE: state } });
  try {
    await using served = await Served.start(runs, state);
    while (intervalsOf(folder).length < 3) await delay(200);
    const spans: Span[] = [];
    for (let pair = 0; pair < PAIRS; pair++)
      for (const isWatched of [false, true]) spans.push(await spanOf(served, folder, isWatched));
    const of = (wanted: boolean) =>
      spans.filter(({ isWatched }) => isWatched === wanted).flatMap(({ delaysMs }) => delaysMs);
    return { alone: median(of(false)) ?? Number.NaN, watched: median(of(true)) ?? Number.NaN };
  } finally {
    load.child.kill("SIGINT");
    await load.ended;
    rmSync(root, { recursive: true, force: true });
  }
}

interface Span {
  readonly isWatched: boolean;
  readonly delaysMs: readonly number[];
}

async function spanOf(served: Served, folder: string, isWatched: boolean): Promise<Span> {
  const sockets: Socket[] = [];
  while (isWatched && sockets.length < WATCHERS) sockets.push(await served.watch("load"));
  await delay(SETTLE_MS);
  const before = intervalsOf(folder).length;
  await delay(PAIR_S * 1_000);
  const delaysMs = intervalsOf(folder)
    .slice(before)
    .map(({ health }) => health.loopDelayMsP99);
  for (const socket of sockets) socket.destroy();
  return { isWatched, delaysMs };
}

/** Returns the intervals that are written so far; the last line may be half written. */
function intervalsOf(folder: string): Interval[] {
  const path = join(folder, "intervals.ndjson");
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line) as Interval);
}
