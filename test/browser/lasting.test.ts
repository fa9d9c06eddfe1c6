/** The page survives what happens to pages: a server that dies, a laptop that sleeps, many tabs, phones, keyboards and eight hours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { assertAccessible, Meter, openPage, SKIP, useBrowser, waitForText } from "./browser.ts";
import { FakeServer } from "./fake-server.ts";

const browser = useBrowser();

test("point 11: after ten minutes of sleep the page catches up by itself and shows since when it was blind", {
  skip: SKIP,
}, async () => {
  await using fake = await FakeServer.start({ atS: 58 });
  const context = await browser.context();
  const page = await context.newPage();
  await page.clock.install({ time: new Date("2026-11-30T12:00:00") });
  await page.goto(fake.url("/#code=one-time"));
  await waitForText(page, ".phase", /0:5\d/);
  fake.pass();
  // While the machine sleeps its connections die, and the run goes on.
  fake.cut();
  fake.day = { atS: 240 };
  await page.clock.fastForward("10:00");
  await waitForText(page, ".phase", /4:0\d/, 10_000);
  await waitForText(page, ".banner", /blind from 12:00:\d\d to 12:10:\d\d \(10:0\d min\) and has caught up/);
  await context.close();
});

test("a laptop whose clock is wrong by years shows the run's own times", { skip: SKIP }, async () => {
  await using fake = await FakeServer.start({ atS: 235 });
  const context = await browser.context();
  const page = await context.newPage();
  await page.clock.install({ time: new Date("2019-01-01T00:00:00") });
  await page.goto(fake.url("/"));
  await waitForText(page, ".phase", /3:5[56]/);
  await waitForText(page, "section.sentence", /since 5\.0 s/);
  await waitForText(page, "#exp-1", /bit/);
  fake.pass();
  await waitForText(page, ".phase", /3:5[67]/);
  await page.clock.setSystemTime(new Date("2031-01-01T00:00:00"));
  fake.pass();
  await waitForText(page, ".phase", /3:5[78]/);
  assert.equal(await page.locator("main.stale, .banner.bad").count(), 0, "a clock that jumps is no lost connection");
  await context.close();
});

test("point 12: a dead server is reported within 2 s and greyed, and its return needs no click", {
  skip: SKIP,
}, async () => {
  const fake = await FakeServer.start({ atS: 58 });
  const { port } = fake;
  const context = await browser.context();
  const page = await openPage(context, fake.url("/"));
  await page.waitForSelector("canvas");
  await fake[Symbol.asyncDispose]();
  const killed = performance.now();
  await page.waitForSelector("main.stale", { timeout: 2000 });
  await waitForText(
    page,
    ".banner.bad",
    /Not connected since \d\d:\d\d:\d\d: what is shown is old.*gameday stop/,
    2000,
  );
  assert.ok(performance.now() - killed < 2000);
  await using again = await FakeServer.start({ atS: 90 }, port);
  await waitForText(page, ".phase", /1:3\d/, 10_000);
  assert.equal(await page.locator("main.stale").count(), 0);
  assert.ok(again.port === port);
  await context.close();
});

test("point 13: a second and an eighth tab work, and continue when the first is closed", { skip: SKIP }, async () => {
  await using fake = await FakeServer.start({ atS: 58 });
  const context = await browser.context();
  const pages: Page[] = [];
  for (let n = 0; n < 8; n++) pages.push(await openPage(context, fake.url("/")));
  for (const page of pages) await page.waitForSelector("canvas", { timeout: 5000 });
  assert.equal(fake.watchers, 1, "all tabs share one stream");
  fake.pass();
  fake.pass();
  for (const page of pages) await waitForText(page, ".phase", /1:00/);
  await pages[0]?.close();
  await fake.untilWatched();
  fake.pass();
  fake.pass();
  for (const page of pages.slice(1)) await waitForText(page, ".phase", /1:02/);
  await context.close();
});

test("a second tab may control without its own link", { skip: SKIP }, async () => {
  await using fake = await FakeServer.start({ atS: 58 });
  const context = await browser.context();
  await openPage(context, fake.url("/#code=one-time"));
  const second = await openPage(context, fake.url("/"));
  await second.waitForSelector("[data-control=stop]:not([aria-disabled])");
  const elsewhere = await browser.context();
  const other = await openPage(elsewhere, fake.url("/"));
  await other.waitForSelector("[data-control=stop][aria-disabled=true]");
  await waitForText(other, ".banner", /Read-only: to control, open the printed link, or type gameday serve --link/);
  await context.close();
  await elsewhere.close();
});

test("point 25: at 390 px the sentence, the tiles and Stop need no sideways scrolling", { skip: SKIP }, async () => {
  await using fake = await FakeServer.start({ atS: 235 });
  const context = await browser.context({ viewport: { width: 390, height: 844 } });
  const page = await openPage(context, fake.url("/#code=one-time"));
  await page.waitForSelector("canvas");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  for (const selector of ["section.sentence", ".tiles", "[data-control=stop]", "[data-control=kill-switch]"]) {
    const box = await page.locator(selector).boundingBox();
    assert.ok(
      box !== null && box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 844,
      `${selector} ${JSON.stringify(box)}`,
    );
  }
  const stop = await page.locator("[data-control=stop]").boundingBox();
  assert.ok((stop?.height ?? 0) >= 44, "big enough for a thumb");
  await context.close();
});

test("point 24: everything works by keyboard, and a screen reader announces the outage", { skip: SKIP }, async () => {
  await using fake = await FakeServer.start({ atS: 58 });
  const context = await browser.context();
  const page = await openPage(context, fake.url("/#code=one-time"));
  await page.waitForSelector("[data-control=stop]:not([aria-disabled])");
  const reached = await tabThrough(page, 60);
  for (const name of [
    "Change load",
    "Inject a fault",
    "Heal and stop",
    "More",
    "Stop everything",
    "5 min",
    "As a table",
    "Copy",
  ])
    assert.ok(
      reached.some((each) => each.startsWith(name)),
      `${name} is reached by Tab: ${reached.join(", ")}`,
    );
  await page.focus("canvas");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await waitForText(page, "#course-says", /^0:56: \d+ answered/);
  fake.day = { atS: 61 };
  fake.pass();
  await waitForText(page, "#announce", /Users are down/);
  await page.focus("[data-control=stop]");
  await page.keyboard.press("Enter");
  await waitForText(page, "dialog", /Heal everything and stop this run/);
  assert.equal(
    await page.evaluate(() => document.activeElement?.textContent),
    "Keep running",
    "the default keeps it running",
  );
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !document.querySelector("dialog")?.open);
  assert.deepEqual(
    fake.asked.map(({ path }) => path),
    ["/session"],
    "nothing was stopped",
  );
  await page.keyboard.press("?");
  await waitForText(page, "dialog", /No single key breaks or heals anything/);
  await context.close();
});

test("point 24: axe finds nothing serious in any state, light or dark, wide or narrow", { skip: SKIP }, async () => {
  const states: readonly (readonly [string, Parameters<typeof FakeServer.start>[0], ((fake: FakeServer) => void)?])[] =
    [
      ["validating", { atS: 8 }],
      ["running", { atS: 58 }],
      ["users down", { atS: 235 }],
      ["stopping", { atS: 236, state: "stopping" }],
      ["judging", { atS: 290, state: "judging" }],
      ["pass", { atS: 300, over: "pass" }],
      ["fail", { atS: 300, over: "fail" }],
      ["unknown", { atS: 300, over: "unknown" }],
      ["died", { atS: 150, state: "died" }],
      ["no runs", { atS: 1 }, (fake) => fake.answer("GET /runs", { runs: [], next: null })],
      ["read-only", { atS: 58 }, (fake) => fake.answer("GET /health", { readOnly: true })],
    ];
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.context({ bypassCSP: true, colorScheme });
    for (const [state, day, prepare] of states) {
      await using fake = await FakeServer.start(day);
      prepare?.(fake);
      const page = await context.newPage();
      await page.goto(fake.url("/#code=one-time"));
      await page.waitForSelector(state === "no runs" ? ".none" : "canvas");
      await assertAccessible(page, `${state}, ${colorScheme}`);
      if (state === "users down") {
        await page.setViewportSize({ width: 390, height: 844 });
        await assertAccessible(page, `${state}, ${colorScheme}, 390 px`);
        await page.click("[data-control=stop]");
        await assertAccessible(page, `asking to stop, ${colorScheme}`);
      }
      if (state === "running") {
        await page.click("[data-do=more]");
        await assertAccessible(page, `more, ${colorScheme}`);
        await fake[Symbol.asyncDispose]();
        await page.keyboard.press("Escape");
        await page.waitForSelector("main.stale");
        await assertAccessible(page, `not connected, ${colorScheme}`);
      }
      await page.close();
    }
    await context.close();
  }
});

test("point 21: after eight hours the tab uses less than 150 MB and 5 % of a core", { skip: SKIP }, async () => {
  await using fake = await FakeServer.start({ atS: 8 * 3600 });
  const context = await browser.context();
  const page = await openPage(context, fake.url("/"));
  await page.waitForSelector("canvas");
  const meter = await Meter.on(page);
  await waitForText(page, ".phase", /8:00:00/);
  const before = await meter.cpuSeconds();
  const seconds = 8;
  const timer = setInterval(() => fake.pass(), 1000);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  clearInterval(timer);
  const used = ((await meter.cpuSeconds()) - before) / seconds;
  const usedBytes = await meter.heapBytes();
  assert.ok(usedBytes < 150e6, `${Math.round(usedBytes / 1e6)} MB`);
  assert.ok(used < 0.05, `${(used * 1000).toFixed(1)} ms of CPU a second`);
  await context.close();
});

/** Returns the names of what has the focus, one after each press of Tab. */
async function tabThrough(page: Page, presses: number): Promise<string[]> {
  const names: string[] = [];
  for (let n = 0; n < presses; n++) {
    await page.keyboard.press("Tab");
    names.push(
      await page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.ariaLabel || ""),
    );
  }
  return names;
}
