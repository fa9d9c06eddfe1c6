/** The page with the real server and kept runs: old runs are opened and compared, and a page of another origin gets nothing. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { CONTROLS } from "../../src/api/controls.ts";
import { OPERATIONS } from "../../src/api/operations.ts";
import { loadPage } from "../../src/page.ts";
import { dashboardFixture } from "../e2e/dashboard.fixture.ts";
import { openPage, SKIP, useBrowser, waitForText } from "./browser.ts";

const browser = useBrowser();
const serve = async () => dashboardFixture({ page: await loadPage() }, ["fake", "lab-small"]);

test("the link gives this tab the right to control, and the code is in no address afterwards", {
  skip: SKIP,
}, async () => {
  await using one = await serve();
  const context = await browser.context();
  const page = await openPage(context, one.dashboard.link());
  await page.waitForSelector("[data-control=kill-switch]:not([aria-disabled])");
  assert.ok(!page.url().includes("code"), page.url());
  await page.reload();
  await page.waitForSelector("[data-control=kill-switch]:not([aria-disabled])");
  await page.goBack().catch(() => null);
  assert.ok(!page.url().includes("code"), page.url());
  await context.close();
});

test("point 26: a kept run is found, opened and compared in three clicks", { skip: SKIP }, async () => {
  await using one = await serve();
  const context = await browser.context();
  const page = await openPage(context, `http://127.0.0.1:${one.port}/runs`);
  await page.click('[data-value="fake"]');
  await page.click('[data-value="lab-small"]');
  await page.click("text=Compare the two");
  await waitForText(
    page,
    ".compare",
    /order writes recover within 3 s.*0\.4 to 1\.06 s.*only some of the runs have it/,
    30_000,
  );
  await page.click("thead a >> text=lab-small");
  await waitForText(page, "section.sentence", /Pass: 3 of 3 objectives met/);
  await context.close();
});

test("a kept run of the lab is shown completely: lanes, load, leaders, verdict and reports", {
  skip: SKIP,
}, async () => {
  await using one = await serve();
  const context = await browser.context();
  const page = await openPage(context, `http://127.0.0.1:${one.port}/runs/lab-small`);
  await waitForText(page, ".verdict", /pass/);
  const label = (await page.getAttribute("canvas", "aria-label")) ?? "";
  assert.match(label, /the database leader dies from 0:18 to 0:51/);
  assert.match(label, /postgres: postgres\/n1/);
  await waitForText(page, ".failures", /http-503/);
  await page.click("text=As a table");
  await page.waitForSelector("[aria-label='Seconds as a table'] tbody tr");
  const href = (await page.getAttribute(".verdict .files a", "href")) ?? "";
  const report = await context.newPage();
  const answer = await report.goto(`http://127.0.0.1:${one.port}${href}`);
  assert.match(answer?.headers()["content-security-policy"] ?? "", /sandbox/);
  await context.close();
});

test("point 28: every button's operation is in the API, and curl reaches it with the same token", {
  skip: SKIP,
}, async () => {
  await using one = await serve();
  const ids = OPERATIONS.map(({ id }) => id);
  for (const [name, { operation }] of Object.entries(CONTROLS)) assert.ok(ids.includes(operation), name);
  const context = await browser.context();
  const shown = new Set<string>();
  for (const path of ["/runs/lab-small", "/start"]) {
    const page = await openPage(context, `http://127.0.0.1:${one.port}${path}`);
    await page.waitForSelector("[data-control]");
    if (path !== "/start") await page.click("[data-do=more]");
    for (const each of await page.locator("[data-control]").all())
      shown.add((await each.getAttribute("data-control")) ?? "");
    await page.close();
  }
  for (const name of shown) assert.ok(name in CONTROLS, `${name} is a control of the API`);
  const refused = await one.ask("POST", "/api/v1/runs/lab-small/stop", { body: "{}" });
  assert.equal(refused.json.status, refused.status);
  assert.ok(refused.json.code && refused.json.title, "an error says what came and what to do");
  await context.close();
});

test("point 29: a page on another port can neither read nor stop a run", { skip: SKIP }, async (t) => {
  await using one = await serve();
  const foreign = createServer((_, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><main>foreign</main>"),
  );
  await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve));
  t.after(() => foreign.close());
  const context = await browser.context();
  // This browser has the right: its cookie reads, and its tab holds the token.
  await openPage(context, one.dashboard.link());
  const page = await openPage(context, `http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
  const got = await page.evaluate(async (base) => {
    const attempt = async (path: string, options: RequestInit) =>
      fetch(`${base}${path}`, { credentials: "include", ...options }).then(
        async (answer) => `${answer.type} ${answer.status} ${(await answer.text()).length}`,
        () => "refused",
      );
    const plain = { method: "POST", mode: "no-cors", headers: { "content-type": "text/plain" }, body: "{}" } as const;
    return [
      await attempt("/api/v1/runs", {}),
      await attempt("/api/v1/switch", {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: '{"on":true}',
      }),
      await attempt("/api/v1/runs/fake/stop", plain),
      await new Promise<string>((resolve) => {
        const source = new EventSource(`${base}/api/v1/runs/fake/stream`);
        source.onmessage = () => resolve("read");
        source.onerror = () => resolve("refused");
      }),
    ];
  }, `http://127.0.0.1:${one.port}`);
  assert.deepEqual(got, ["refused", "refused", "refused", "refused"]);
  assert.deepEqual(one.commands, []);
  assert.equal(one.machine.killSwitch.read().on, false);
  await context.close();
});
