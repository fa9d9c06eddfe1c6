/**
 * `node test/browser/pictures.ts`: takes the pictures of docs/guide/dashboard.md, of a made game day in each state that a page can be
 * in. Look at them after a change of the page.
 */
import { mkdirSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import type { DayOptions } from "../../src/view/made-day.fixture.ts";
import { findChromium } from "./browser.ts";
import { FakeServer } from "./fake-server.ts";

const FOLDER = new URL("../../docs/dashboard/", import.meta.url).pathname;
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

interface Picture {
  readonly name: string;
  readonly day: DayOptions;
  readonly size?: { readonly width: number; readonly height: number };
  readonly dark?: boolean;
  prepare?(fake: FakeServer): void;
  act?(page: Page, fake: FakeServer): Promise<unknown>;
}

const NO_RUNS = { runs: [], next: null };
const PICTURES: readonly Picture[] = [
  { name: "running", day: { atS: 215 } },
  { name: "users-down", day: { atS: 236 } },
  { name: "dark", day: { atS: 236 }, dark: true },
  { name: "phone", day: { atS: 236 }, size: PHONE },
  { name: "validating", day: { atS: 12 } },
  { name: "healing", day: { atS: 240, state: "stopping" } },
  { name: "pass", day: { atS: 300, over: "pass" } },
  { name: "fail", day: { atS: 300, over: "fail" } },
  { name: "unknown", day: { atS: 300, over: "unknown" } },
  { name: "died", day: { atS: 236, state: "died" } },
  { name: "read-only", day: { atS: 215 }, prepare: (fake) => fake.answer("GET /health", { readOnly: true }) },
  { name: "no-runs", day: { atS: 1 }, prepare: (fake) => fake.answer("GET /runs", NO_RUNS) },
  {
    name: "not-connected",
    day: { atS: 215 },
    async act(page, fake) {
      await fake[Symbol.asyncDispose]();
      await page.waitForSelector("main.stale");
    },
  },
  { name: "stop-asks", day: { atS: 236 }, act: (page) => page.click("[data-control=stop]") },
];

mkdirSync(FOLDER, { recursive: true });
const executablePath = findChromium();
if (executablePath === undefined) throw new Error("expected Chromium, got none: run node scripts/setup.mjs");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const picture of PICTURES) await take(picture);
await browser.close();

async function take({ name, day, size = WIDE, dark = false, prepare, act }: Picture): Promise<void> {
  await using fake = await FakeServer.start(day);
  prepare?.(fake);
  const page = await browser.newPage({ viewport: size, colorScheme: dark ? "dark" : "light" });
  await page.goto(fake.url("/#code=one-time"));
  await page.waitForSelector(name === "no-runs" ? ".none" : "canvas");
  await act?.(page, fake);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${FOLDER}${name}.png` });
  await page.close();
}
