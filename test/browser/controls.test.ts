/** Every control of the page: what it asks, what it sends, and that "done" comes from the stream only. The server is a fake. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openPage, SKIP, useBrowser, waitForText } from "./browser.ts";
import { FakeServer } from "./fake-server.ts";

const browser = useBrowser();
const ID = "20261130-101500-made";

async function controlling(
  atS: number,
  work: (page: Page, fake: FakeServer) => Promise<void>,
  path = "/",
): Promise<void> {
  await using fake = await FakeServer.start({ atS });
  const context = await browser.context();
  const page = await openPage(context, fake.url(`${path}#code=one-time`));
  await page.waitForSelector("[data-control=kill-switch]:not([aria-disabled])");
  await work(page, fake);
  await context.close();
}

const controls = (fake: FakeServer) =>
  fake.asked.filter(({ path }) => path !== "/session").map(({ method, path, body }) => [method, path, body]);
const control = (fake: FakeServer, command: string, by: string) =>
  fake.send("event", {
    nowMs: fake.state.nowMs,
    entry: {
      seq: 900,
      atMs: fake.state.nowMs,
      kind: "control",
      says: `${command}: ${by}`,
      event: { type: "control", command, by, manual: true },
    },
  });

test("point 15: Stop asks once, sends the reason, and is done only when the run reports it", { skip: SKIP }, () =>
  controlling(235, async (page, fake) => {
    await page.click("[data-control=stop]");
    await waitForText(
      page,
      "dialog",
      /healed first: the database leader's node is cut off \(node\/n3\).*unknown, stopped by hand/,
    );
    await page.fill("[name=because]", "enough seen");
    await page.click("dialog [data-do=confirm]");
    await waitForText(page, ".asked", /requested: heal and stop/);
    const [sent] = fake.asked.filter(({ path }) => path.endsWith("/stop"));
    assert.deepEqual(sent?.body, { because: "enough seen" });
    assert.equal(sent?.headers.authorization, "Bearer a-token-of-this-test");
    assert.equal(sent?.headers["x-gameday-by"], "page 1");
    assert.match(String(sent?.headers["idempotency-key"]), /^[0-9a-f]{32}$/);
    control(fake, "stop", "page 1");
    await page.waitForFunction(() => document.querySelector(".asked") === null);
    fake.day = { atS: 236, state: "stopping" };
    fake.send("snapshot", fake.state);
    await page.click("[data-control=stop]");
    await waitForText(page, "dialog", /It is stopping already.*Healing is never cut short/);
    assert.equal(await page.locator("dialog [data-do=confirm]").count(), 0);
    await page.keyboard.press("Escape");
    fake.change = (state) => ({ ...state, run: { ...state.run, kind: "load" } });
    fake.send("snapshot", fake.state);
    await page.click("[data-control=stop]");
    await waitForText(page, "dialog", /End at once\?/);
    await page.click("dialog [data-do=confirm]");
    await page.waitForFunction(() => !document.querySelector("dialog")?.open);
    assert.deepEqual(fake.asked.at(-1)?.body, { atOnce: true });
  }),
);

test("point 14: a colleague sees what was clicked, and by whom", { skip: SKIP }, async () => {
  await using fake = await FakeServer.start({ atS: 58 });
  const [mine, theirs] = [await browser.context(), await browser.context()];
  const pages = [await openPage(mine, fake.url("/#code=one-time")), await openPage(theirs, fake.url("/"))];
  for (const page of pages) await page.waitForSelector("canvas");
  control(fake, "set-users 600", "page 1");
  for (const page of pages) await waitForText(page, ".log .hot", /set-users 600: page 1/);
  await mine.close();
  await theirs.close();
});

test("point 16: the kill switch needs one click, and its release needs two", { skip: SKIP }, () =>
  controlling(58, async (page, fake) => {
    fake.answer("GET /switch", {
      on: true,
      since: "2026-11-30T10:16:00.000Z",
      by: "page 1",
      because: null,
      stopped: [ID],
    });
    await page.click("[data-control=kill-switch]");
    await waitForText(page, "#top .banner", /The kill switch is on since .*, by page 1\. Nothing can be started/);
    assert.deepEqual(controls(fake), [["PUT", "/switch", { on: true }]]);
    await page.click("[data-control=kill-switch][data-value=release]");
    await waitForText(page, "dialog", /Release the kill switch\?/);
    fake.answer("GET /switch", { on: false, since: null, by: null, because: null, stopped: [] });
    await page.click("dialog [data-do=confirm]");
    await page.waitForFunction(() => document.querySelector("#top .banner") === null);
    assert.deepEqual(controls(fake)[1], ["PUT", "/switch", { on: false }]);
  }),
);

const FAULTS = {
  faults: [
    { name: "kill-leader", says: "Kills the leader of a role.", parameters: [], supported: { lab: true } },
    { name: "drain-cluster-node", says: "Only elsewhere.", parameters: [], supported: { lab: false } },
    {
      name: "latency",
      says: "Delays the traffic of a node.",
      parameters: [{ name: "ms", says: "the delay", kind: "number", default: 100, needed: true }],
      supported: { lab: true },
    },
  ],
};
const HIT = (id: string) => ({
  name: null,
  targets: [{ id, role: "postgres", node: "n2" }],
  of: { postgres: 3 },
  standing: [{ id: "redis/n2", role: "redis", node: "n2" }],
  healsByItselfAfterMs: 90_000,
});

test(
  "point 17: the names of what will be hit are shown first, and a leader that moved is reported instead of hit",
  { skip: SKIP },
  () =>
    controlling(58, async (page, fake) => {
      const operation = `POST /runs/${ID}/experiments`;
      fake.answer("GET /faults", FAULTS);
      fake.answer(operation, HIT("postgres/n2"), 202);
      await page.click("[data-control=inject]");
      await waitForText(
        page,
        ".would-hit",
        /postgres\/n2 \(postgres on n2\).*1 of 3 postgres.*redis\/n2.*heals by itself after 90 s/,
      );
      assert.deepEqual(await page.locator("[name=fault] option").allTextContents(), ["kill-leader", "latency"]);
      const moved = {
        title: "Targets moved",
        detail: "postgres/n3 would be hit now, not postgres/n2",
        code: "targets-moved",
        status: 409,
      };
      fake.answer(operation, moved, 409);
      await page.click("dialog [data-do=confirm]");
      await waitForText(page, "dialog .says", /postgres\/n3 would be hit now, not postgres\/n2.*\[targets-moved\]/i);
      const bodies = fake.asked.filter(({ path }) => path.endsWith("/experiments")).map(({ body }) => body);
      assert.deepEqual(bodies[0], { fault: "kill-leader", holdSeconds: 30, dryRun: true });
      assert.deepEqual(bodies[1], { fault: "kill-leader", holdSeconds: 30, expectTargets: ["postgres/n2"] });
      assert.deepEqual(bodies[2], bodies[0], "it asks again what would be hit now");
      fake.answer(operation, HIT("postgres/n3"), 202);
      await page.selectOption("[name=fault]", "latency");
      await waitForText(page, ".would-hit", /postgres\/n3/);
      await page.click("dialog [data-do=confirm]");
      await waitForText(page, ".asked", /requested: latency on postgres\/n3/);
      assert.deepEqual(fake.asked.at(-1)?.body, {
        fault: "latency",
        with: { ms: 100 },
        holdSeconds: 30,
        expectTargets: ["postgres/n3"],
      });
    }),
);

test("a fault cannot be injected while one is held, and the button shows why", { skip: SKIP }, () =>
  controlling(235, async (page, fake) => {
    await page.click("[data-control=inject]", { force: true });
    await waitForText(page, "#announce", /a fault is held/);
    assert.equal(await page.getAttribute("[data-control=inject]", "title"), "a fault is held");
    assert.deepEqual(controls(fake), []);
  }),
);

test(
  "point 19: the load is changed for the version that was seen, and of two pages that disagree the second is refused",
  { skip: SKIP },
  () =>
    controlling(58, async (page, fake) => {
      fake.answer(`PATCH /runs/${ID}/load`, { title: "Changed meanwhile", code: "load-changed", status: 412 }, 412);
      fake.answer(`GET /runs/${ID}/load`, { ...fake.state.load, target: 800, version: "v2" });
      await page.click("[data-control=change-load]");
      await waitForText(
        page,
        "dialog",
        /Now 500 users are active; the run intends 500, and the plan 500 users.*none is restarted/,
      );
      await page.fill("[name=target]", "1500");
      await page.click("dialog [data-do=confirm]");
      await waitForText(page, "dialog", /Somebody else changed the load meanwhile/);
      await waitForText(page, "dialog", /the run intends 800/);
      fake.answer(`PATCH /runs/${ID}/load`, { asked: "load", run: ID, by: "page 1" }, 202);
      await page.fill("[name=target]", "1500");
      await page.click("dialog [data-do=confirm]");
      await waitForText(page, ".asked", /requested: 1500 users/);
      const sent = fake.asked.filter(({ method }) => method === "PATCH");
      assert.deepEqual(
        sent.map(({ body, headers }) => [body, headers["if-match"]]),
        [
          [{ users: 1500 }, '"v1"'],
          [{ users: 1500 }, '"v2"'],
        ],
      );
    }),
);

test("one fault is healed, a moment is marked, and the shown figures are reset", { skip: SKIP }, () =>
  controlling(235, async (page, fake) => {
    await page.click("[data-control=heal-one]");
    await waitForText(page, "dialog", /The recovery will count as Gameday's/);
    await page.click("dialog [data-do=confirm]");
    await page.waitForFunction(() => !document.querySelector("dialog")?.open);
    await page.click("[data-do=more]");
    await page.click("dialog [data-control=mark]");
    await page.click("dialog [data-do=confirm]");
    await waitForText(page, "dialog .says", /Write a few words/);
    await page.fill("[name=says]", "the backup starts");
    await page.click("dialog [data-do=confirm]");
    await page.waitForFunction(() => !document.querySelector("dialog")?.open);
    await page.click("[data-do=more]");
    await page.click("dialog [data-control=reset]");
    await waitForText(page, ".who", /requested: reset the shown figures/);
    assert.deepEqual(controls(fake), [
      ["POST", `/runs/${ID}/experiments/4/heal`, {}],
      ["POST", `/runs/${ID}/notes`, { says: "the backup starts" }],
      ["POST", `/runs/${ID}/reset`, {}],
    ]);
  }),
);

test(
  "a token that the server no longer accepts leaves the page read-only, and the page explains how to get a new one",
  { skip: SKIP },
  () =>
    controlling(58, async (page, fake) => {
      fake.answer("PUT /switch", { title: "No token", code: "no-token", status: 401 }, 401);
      await page.click("[data-control=kill-switch]");
      await page.waitForSelector("[data-control=kill-switch][aria-disabled=true]");
      await waitForText(page, ".banner.plain", /Read-only: to control, open the printed link/);
      await waitForText(page, ".complaint", /No token\. \[no-token\]/);
    }),
);

test("residue is listed before it is healed, and the page reports what is left", { skip: SKIP }, () =>
  controlling(58, async (page, fake) => {
    const left = {
      what: "nft table gameday_1",
      where: "node/n3",
      since: null,
      byHand: "nft delete table inet gameday_1",
    };
    fake.answer("GET /residue", { found: [left], running: [] });
    fake.answer("POST /heal", { id: "heal-1", what: "heal", state: "running", says: [], residue: [] }, 202);
    fake.answer("GET /operations/heal-1", {
      id: "heal-1",
      what: "heal",
      state: "done",
      says: ["reverted nft table gameday_1"],
      residue: [],
    });
    await page.click("[data-do=more]");
    await page.click("dialog [data-control=residue]");
    await waitForText(
      page,
      "dialog",
      /This would be undone:.*nft table gameday_1 at node\/n3.*by hand: nft delete table inet gameday_1/,
    );
    await page.click("dialog [data-do=confirm]");
    await waitForText(page, "dialog", /reverted nft table gameday_1.*Done\./);
  }),
);

test("an ended run is judged again, and its files are linked", { skip: SKIP }, async () => {
  await using fake = await FakeServer.start({ atS: 300, over: "fail" });
  const context = await browser.context();
  const page = await openPage(context, fake.url("/#code=one-time"));
  fake.answer(`POST /runs/${ID}/judge`, fake.state.verdict);
  assert.equal(await page.getAttribute(".verdict .files a", "href"), `/api/v1/runs/${ID}/files/report.html`);
  await page.click("[data-do=more]");
  await page.click("dialog [data-control=judge]");
  await waitForText(page, "#top", /Judged again: fail \(the same verdict\)/);
  await context.close();
});

test(
  "a plan is checked before it is started, with findings at their lines and what it will touch",
  { skip: SKIP },
  () =>
    controlling(
      58,
      async (page, fake) => {
        fake.answer("GET /plans", {
          folder: "/plans",
          plans: [{ file: "quick.yaml", name: "quick", platform: "external", trouble: null }],
        });
        await page.reload();
        await waitForText(page, "[data-control=start-plan]", /check the plan first/);
        const bad = {
          code: "plan-unknown-key",
          says: "expected a known key, got lod",
          hint: "did you mean load?",
          file: "quick.yaml",
          line: 7,
          column: 3,
        };
        fake.answer("POST /plans/check", {
          sound: false,
          findings: [bad],
          says: [],
          platform: null,
          expectedMs: null,
          needsConfirm: false,
        });
        await page.click("[data-control=check-plan]");
        await waitForText(
          page,
          ".checked",
          /Not valid.*quick\.yaml:7:3: expected a known key, got lod did you mean load\?/,
        );
        const sound = {
          sound: true,
          findings: [],
          says: ["kills the leader of postgres"],
          platform: "external",
          expectedMs: 300_000,
          needsConfirm: true,
        };
        fake.answer("POST /plans/check", sound);
        await page.click("[data-control=check-plan]");
        await waitForText(page, ".checked", /Valid\. On external, about 5:00 min.*kills the leader of postgres/);
        fake.answer(
          "POST /runs",
          { title: "A run is in progress", code: "run-in-progress", detail: "run x holds the lock", status: 409 },
          409,
        );
        await page.fill("[name=confirm]", "external");
        await page.click("[data-control=start-plan]");
        await waitForText(page, "[role=alert].fail", /Run x holds the lock\. \[run-in-progress\]/);
        assert.deepEqual(fake.asked.at(-1)?.body, { plan: "quick.yaml", confirm: "external" });
        fake.answer("POST /runs", fake.state.run, 201);
        await page.click("[data-control=start-plan]");
        await page.waitForURL(`**/runs/${ID}`);
      },
      "/start",
    ),
);

test("a load is started as in Locust: script, host, users, spawn rate and duration", { skip: SKIP }, () =>
  controlling(
    58,
    async (page, fake) => {
      fake.answer("GET /scripts", { folder: "/scripts", scripts: [{ file: "browse.ts" }] });
      fake.answer("POST /loads", fake.state.run, 201);
      await page.reload();
      await page.fill("[name=host]", "http://127.0.0.1:9999");
      await page.fill("[name=users]", "25");
      await page.fill("[name=spawnRate]", "5");
      await page.fill("[name=seconds]", "60");
      await page.click("[data-control=start-load]");
      await page.waitForURL(`**/runs/${ID}`);
      assert.deepEqual(controls(fake), [
        [
          "POST",
          "/loads",
          { script: "browse.ts", host: "http://127.0.0.1:9999", users: 25, spawnRate: 5, seconds: 60 },
        ],
      ]);
    },
    "/start",
  ),
);

test("point 26: last week's run is found, opened and compared in three clicks, and only differences beyond noise are marked", {
  skip: SKIP,
}, async () => {
  await using fake = await FakeServer.start({ atS: 300, over: "pass" });
  const { run } = fake.state;
  const old = { ...run, id: "20261123-101500-old", startedAt: "2026-11-23T10:15:00.000Z", verdict: "fail" };
  fake.answer("GET /runs", { runs: [run, old], next: null });
  const cells = [
    { status: "pass", measured: { value: 3.1 } },
    { status: "fail", measured: { lower: 7.38, upper: 7.44 } },
  ];
  const objective = {
    id: "back",
    says: "users are back within 5 s",
    unit: "s",
    cells,
    change: "worse",
    because: "7.38 s is beyond 3.1 s and the noise",
  };
  const noise = {
    ...objective,
    id: "p95",
    says: "p95 under 500 ms",
    unit: "ms",
    change: "same",
    because: "within the noise",
  };
  const runs = [old, run].map(({ id, plan }) => ({ runId: id, plan, verdict: "pass" }));
  fake.answer("GET /compare", {
    runs: [old.id, run.id],
    comparison: { runs, objectives: [noise, objective], change: "worse", notes: [] },
  });
  const context = await browser.context();
  const page = await openPage(context, fake.url("/runs"));
  await page.click(`[data-value="${run.id}"]`);
  await page.click(`[data-value="${old.id}"]`);
  await page.click("text=Compare the two");
  await waitForText(page, "h1", /Compare/);
  assert.ok(page.url().endsWith(`/compare?a=${old.id}&b=${run.id}`), "the older run stands first");
  await page.waitForSelector("tr.worse");
  assert.match(
    (await page.textContent("tr.worse")) ?? "",
    /users are back within 5 s.*3\.1 s.*7\.38 to 7\.44 s.*worse/,
  );
  assert.equal(await page.locator("tr.worse").count(), 1);
  await page.click(`text=${old.id}`);
  await page.waitForURL(`**/runs/${old.id}`);
  await context.close();
});
