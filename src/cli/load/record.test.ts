import assert from "node:assert/strict";
import { test } from "node:test";
import type { World } from "../../cli.ts";
import { ManualClock } from "../../std/clock.ts";
import { type LoadFlags, planOfFlags } from "./flags.ts";
import { planTextOf, recordedPlan, recordOf } from "./record.ts";

const world = { cwd: process.cwd(), now: () => new Date(5_000), version: "1" } as unknown as World;

function recorded(flags: Partial<LoadFlags>, env: Record<string, string> = {}) {
  const given = { gracefulStop: "10s", workers: "1", ...flags } as LoadFlags;
  const { plan: load } = planOfFlags(["shop/sale.ts"], given, env);
  const identity = { runId: "load-1", seed: "abc", clock: new ManualClock(), baseUrl: "http://127.0.0.1:8080" };
  const plan = recordedPlan(world, identity.baseUrl, load, given.seed ?? null);
  return { plan, run: recordOf(world, identity, plan, given) };
}

test("neither plan nor command holds a secret, and paths are relative to the current folder", () => {
  const env = { http_proxy: "http://user:proxysecret@127.0.0.1:3128" };
  const flags = { env: ["TOKEN=envsecret"], token: "joinsecret", vus: "3", threshold: ["http_req_failed: rate < 0.1"] };
  const { plan, run } = recorded(flags, env);
  const text = planTextOf(plan, run.command) + JSON.stringify(run);
  assert.doesNotMatch(text, /secret/);
  assert.equal(plan.load.scenarios[0]?.file, "shop/sale.ts");
  assert.equal(
    run.command,
    "gameday load shop/sale.ts -H http://127.0.0.1:8080 --graceful-stop 10s --workers 1 --vus 3 --threshold 'http_req_failed: rate < 0.1' -e TOKEN=... --seed abc",
  );
  assert.equal(plan.name, "sale");
});

test("plan.yaml is the plan, as JSON with a comment", () => {
  const { plan, run } = recorded({});
  assert.deepEqual(JSON.parse(planTextOf(plan, run.command).replace(/^#.*\n/, "")), JSON.parse(JSON.stringify(plan)));
});

test("the command contains no place that the load reported to", () => {
  const places = {
    out: "results",
    json: "-",
    requestsCsv: true,
    metrics: ":9464",
    hook: ["chat.yaml"],
    otel: "http://127.0.0.1:4318",
  };
  const { run } = recorded({ vus: "3", ...places } as Partial<LoadFlags>);
  assert.match(run.command, /--workers 1 --vus 3 --seed abc$/);
});
