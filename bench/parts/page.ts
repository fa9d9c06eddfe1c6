/** Measures the page of a run of eight hours in Chromium: script, memory and size. What takes the real server is in dashboard.ts. */
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { bundleScript } from "../../src/page.ts";
import { findChromium, Meter } from "../../test/browser/browser.ts";
import { FakeServer } from "../../test/browser/fake-server.ts";
import type { Part } from "../bench.ts";
import { atMost } from "../goals.ts";

const EIGHT_HOURS_S = 8 * 3600;
const MEASURED_SECONDS = 20;

export const page: Part = async () => {
  const figures = await measure();
  const script = gzipSync(await bundleScript(), { level: 9 }).length / 1024;
  return [
    atMost("page: script of a run of 8 h at real speed", figures?.scriptMs ?? null, 25, "ms/s"),
    atMost("page: memory of a run of 8 h", figures?.megabytes ?? null, 150, "MB"),
    atMost("page: script, compressed", script, 45, "KiB"),
  ];
};

interface PageFigures {
  readonly scriptMs: number;
  readonly megabytes: number;
}

/** Returns null where there is no Chromium: not measured is a miss. */
async function measure(): Promise<PageFigures | null> {
  const executablePath = findChromium();
  if (executablePath === undefined) return null;
  await using fake = await FakeServer.start({ atS: EIGHT_HOURS_S });
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await tab.goto(fake.url("/#code=one-time"));
    await tab.waitForFunction(() => /users500 of 500/.test(document.querySelector(".tiles")?.textContent ?? ""));
    const meter = await Meter.on(tab);
    const before = await meter.scriptSeconds();
    const timer = setInterval(() => fake.pass(), 1000);
    await new Promise((resolve) => setTimeout(resolve, MEASURED_SECONDS * 1000));
    clearInterval(timer);
    const scriptMs = (((await meter.scriptSeconds()) - before) * 1000) / MEASURED_SECONDS;
    return { scriptMs, megabytes: (await meter.heapBytes()) / 1e6 };
  } finally {
    await browser.close();
  }
}
