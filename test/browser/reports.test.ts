/** The report in a real browser: can everybody read it, on a screen, on a telephone and on paper. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { Status } from "../../src/status.ts";
import { assertAccessible, SKIP, useBrowser } from "./browser.ts";
import { keptReport, reportOf } from "./reports.ts";

const browser = useBrowser();
const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1440, height: 900 };

interface Shown {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
}

async function withReport(html: string, shown: Shown, look: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.context({ ...shown, bypassCSP: true });
  const page = await context.newPage();
  await page.setContent(html);
  await look(page);
  await context.close();
}

/** Opens every folded part, so that what it holds is looked at, too. */
function openAll(page: Page): Promise<void> {
  return page.evaluate(() => {
    for (const part of document.querySelectorAll("details")) part.open = true;
  });
}

for (const verdict of ["pass", "fail", "unknown"] as const satisfies readonly Status[]) {
  test(`axe finds nothing serious in a report that says ${verdict}, light or dark, wide or narrow`, {
    skip: SKIP,
  }, async () => {
    const report = reportOf(verdict);
    assert.equal(report.verdict, verdict);
    for (const viewport of [WIDE, PHONE])
      for (const colorScheme of ["light", "dark"] as const)
        await withReport(report.html, { viewport, colorScheme }, async (page) => {
          await openAll(page);
          await assertAccessible(page, `${verdict}, ${colorScheme}, ${viewport.width} px`);
        });
  });

  test(`a report that says ${verdict} needs no sideways scrolling on a telephone`, { skip: SKIP }, () =>
    withReport(reportOf(verdict).html, { viewport: PHONE }, async (page) => {
      await openAll(page);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, PHONE.width, "only tables and pictures scroll, by themselves");
    }),
  );
}

test(
  "a report of five faults and 24 objectives that passed fills at most eight screens of a telephone",
  { skip: SKIP },
  () =>
    withReport(keptReport(), { viewport: PHONE }, async (page) => {
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      assert.ok(height <= 8 * PHONE.height, `${(height / PHONE.height).toFixed(2)} screens`);
    }),
);

test("the same report fills at most five pages of paper", { skip: SKIP }, () =>
  withReport(keptReport(), { viewport: WIDE }, async (page) => {
    const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
    const pages = [...pdf.matchAll(/\/Type \/Page\b/g)].length;
    assert.ok(pages >= 2 && pages <= 5, `${pages} pages`);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("#objectives summary").isVisible(), true, "paper says how many objectives are met");
    assert.equal(
      await page.locator(".card summary").first().isVisible(),
      false,
      "what cannot be unfolded on paper is left out",
    );
  }),
);

test("each link of the contents leads to a part of the page", { skip: SKIP }, () =>
  withReport(reportOf("fail").html, { viewport: WIDE }, async (page) => {
    const links = await page.$$eval("nav a", (all) => all.map((link) => link.getAttribute("href") ?? ""));
    assert.ok(links.length >= 9, links.join(" "));
    for (const link of links) assert.equal(await page.locator(link).count(), 1, link);
  }),
);
