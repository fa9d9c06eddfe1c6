/** Debian's Chromium for tests, one for each test file, and what the tests of the page do with it again and again. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { after, before } from "node:test";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type CDPSession,
  chromium,
  type Page,
} from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Returns the path of Chromium; undefined where it is not installed. */
export function findChromium(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return ["chromium", "chromium-browser"]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** Why the tests of the page cannot run; false where they can. scripts/setup.mjs installs Chromium before `npm test`. */
export const SKIP =
  findChromium() === undefined && "chromium is not installed and could not be: run node scripts/setup.mjs";

export interface TestBrowser {
  /** Opens a browser of its own: its tabs share nothing with those of another one. */
  context(options?: BrowserContextOptions): Promise<BrowserContext>;
}

/** Starts Chromium before the tests of a file, and ends it after them. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  before(async () => {
    const executablePath = findChromium();
    // Root may not use Chromium's sandbox; the pages are our own.
    if (executablePath !== undefined) browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  after(() => browser?.close());
  return {
    async context(options = {}) {
      assert.ok(browser);
      return browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    },
  };
}

/** Opens a page. The test fails on errors of the page's script, and on anything that the content security policy stops. */
export async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) errors.push(message.text());
  });
  await page.goto(url);
  page.on("close", () => assert.deepEqual(errors, []));
  await page.waitForSelector("main");
  return page;
}

/** Waits until the text of an element matches; fails with the text that it had. */
export async function waitForText(page: Page, selector: string, pattern: RegExp, timeout = 5000): Promise<void> {
  try {
    await page.waitForFunction(
      ([where, source]) => new RegExp(source ?? "").test(document.querySelector(where ?? "")?.textContent ?? ""),
      [selector, pattern.source],
      { timeout },
    );
  } catch {
    assert.match((await page.textContent(selector).catch(() => null)) ?? "(nothing)", pattern);
  }
}

/** Fails if axe finds something serious. The context needs `bypassCSP`, because axe is added to the page. */
export async function assertAccessible(page: Page, state: string): Promise<void> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(root: Document): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run(document);
    return violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes[0]?.html.slice(0, 160) }));
  });
  const serious = found.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious, [], `axe: ${state}`);
}

/** Measures what a page costs, in the time of its own thread, which does not grow when the machine is busy with something else. */
export class Meter {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async on(page: Page): Promise<Meter> {
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    return new Meter(session);
  }

  /** Returns the seconds of CPU that the page's main thread has used. */
  async cpuSeconds(): Promise<number> {
    const { metrics } = await this.#session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  }

  async scriptSeconds(): Promise<number> {
    const { metrics } = await this.#session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ScriptDuration")?.value ?? Number.NaN;
  }

  async heapBytes(): Promise<number> {
    await this.#session.send("HeapProfiler.collectGarbage");
    return (await this.#session.send("Runtime.getHeapUsage")).usedSize;
  }
}

/** Returns how many pixels of the picture's row have about this colour, between two shares of its width. */
export function countPixels(
  page: Page,
  colour: readonly [number, number, number],
  from: number,
  to: number,
): Promise<number> {
  return page.evaluate(
    ([[red, green, blue], left, right]) => {
      const canvas = document.querySelector("canvas");
      const context = canvas?.getContext("2d");
      if (!canvas || !context) return -1;
      const x = Math.floor(canvas.width * left);
      const { data } = context.getImageData(x, 0, Math.max(1, Math.floor(canvas.width * right) - x), canvas.height);
      let count = 0;
      for (let n = 0; n < data.length; n += 4) {
        const near = (value: number | undefined, wanted: number) => Math.abs((value ?? 0) - wanted) < 12;
        if (near(data[n], red) && near(data[n + 1], green) && near(data[n + 2], blue)) count++;
      }
      return count;
    },
    [colour, from, to] as const,
  );
}

/** The colour of an outage in the light theme. */
export const OUTAGE_COLOUR = [0xc3, 0x27, 0x1f] as const;
