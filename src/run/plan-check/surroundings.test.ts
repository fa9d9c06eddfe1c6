import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { ScriptFacts } from "../../load/script/inspect.ts";
import { checkPlan, checkSurroundings } from "../plan-check.ts";
import { unmentioned } from "./mentions.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-names-"));
after(() => rmSync(folder, { recursive: true }));
for (const name of ["shop.ts", "probes.ts", "ctl.mjs", "plain"]) writeFileSync(join(folder, name), "");
writeFileSync(join(folder, "tool"), "#!/bin/sh\n", { mode: 0o755 });
mkdirSync(join(folder, "app"));
writeFileSync(join(folder, "app/server.mjs"), "");

const SCRIPTS: readonly ScriptFacts[] = [
  { says: "", scenario: "counter-sale", hosts: {}, probes: [] },
  { says: "", scenario: null, hosts: {}, probes: [{ class: "order-write", object: "orders" }] },
];
const EXTERNAL = "{ kind: external, endpoint: 'http://127.0.0.1:1', members: [{ name: a, role: vm }] }";

function checked(lines: string, platform = EXTERNAL) {
  const thresholds = '{ "http_req_failed{scenario:counter-sale}": "rate < 0.1" }';
  const text = `name: n\nplatform: ${platform}\nload: { scenarios: [{ file: shop.ts }], thresholds: ${thresholds} }\n${lines}`;
  return checkPlan({ text, file: "plan.yaml", folder, environment: {} });
}

/** Returns what is wrong with a plan of these lines, each problem with line and column. */
function wrong(lines: string, platform = EXTERNAL): string[] {
  const { parsed, problems } = checked(lines, platform);
  const surroundings = { scripts: SCRIPTS, folder, path: process.env["PATH"] ?? "" };
  const all = parsed === null ? problems : [...problems, ...checkSurroundings(parsed, surroundings)];
  return all.map(
    ({ place, expected, got, hint }) => `${place.line}:${place.column} expected ${expected}, got ${got} (${hint})`,
  );
}

const objective = (measure: string, over: string) =>
  `objectives: [{ id: a, says: a, measure: ${measure}, over: { ${over} }, atMost: 0 }]\n`;

test("an objective over a class that no probe has, or without any probe, is a problem", () => {
  const lines = (name: string) => `probes: probes.ts\n${objective("outages", `class: ${name}`)}`;
  assert.deepEqual(wrong(lines("order-write")), []);
  assert.match(
    wrong(lines("order-wrte")).join(),
    /^5:\d+ .*\(order-write\), got "order-wrte".*did you mean "order-write"/,
  );
  assert.match(wrong(objective("outages", "")).join(), /^4:\d+ expected probes, .*got none/);
});

test("a rate for a class that no probe has, or an invalid rate, is a problem", () => {
  const rate = (given: string) => `probes: { file: probes.ts, rate: ${given} }\n`;
  for (const sound of ["5", "{ order-write: 1 }"]) assert.deepEqual(wrong(rate(sound)), []);
  assert.match(wrong(rate("{ order-wite: 1 }")).join(), /^4:\d+ .*got "order-wite".*did you mean/);
  for (const odd of ["0.5", "21", "{ order-write: 0 }"])
    assert.deepEqual(
      checked(rate(odd)).problems.map(({ code }) => code),
      ["plan-invalid"],
    );
});

test("an objective or a threshold for a scenario that does not exist is a problem", () => {
  assert.deepEqual(wrong(objective("requests", "scenario: counter-sale")), []);
  assert.match(wrong(objective("requests", "scenario: sale")).join(), /^4:\d+ .*\(counter-sale\), got "sale"/);
});

test("an objective on writes that no claim covers is a problem", () => {
  const claim = "claims: [{ object: orders, checkers: [acked-set], ledger: { http: /audit } }]\n";
  assert.deepEqual(wrong(`${claim}${objective("lost-writes", "object: orders")}`), []);
  assert.match(
    wrong(`${claim}${objective("lost-writes", "object: oders")}`).join(),
    /got none of "oders".*did you mean/,
  );
  assert.match(wrong(`${claim}${objective("duplicated-writes", "")}`).join(), /^5:\d+ .*checker duplicates.* got none/);
  assert.match(wrong(objective("lost-writes", "")).join(), /^4:\d+ .*got none/);
  const experiment = "experiments: [{ name: x, fault: kill-leader }]\n";
  for (const measure of ["lost-writes", "rpo-seconds"])
    assert.match(wrong(`${experiment}${objective(measure, "experiment: x")}`).join(), /checker acked-set.* got none/);
});

const fault = (what: Record<string, string>) => {
  const parts = { inject: "[./tool]", verify: "[./tool]", heal: "[./tool]", ...what };
  const lines = Object.entries(parts).map(([part, argv]) => `      ${part}: ${argv}\n`);
  return `experiments:\n  - name: x\n    fault: command\n    with:\n${lines.join("")}`;
};

test("a command that does not exist is refused, with its place", () => {
  assert.deepEqual(wrong(fault({ check: "[sh, -c, exit 0]", heal: "[node, ctl.mjs, '{target}']" })), []);
  const refused = (argv: string) => wrong(fault({ heal: argv })).join();
  assert.match(refused("[no-such-tool]"), /^10:13 .*got "no-such-tool", which is not on the PATH/);
  assert.match(refused("[./nowhere]"), /^10:13 .*"\.\/nowhere": no such file/);
  assert.match(refused("[./plain]"), /no permission to execute it \(chmod \+x\)/);
  assert.match(refused("[./app]"), /which is not a file/);
  assert.match(refused("[node, ctrl.mjs]"), /"node ctrl\.mjs", and ctrl\.mjs is no such file/);
  assert.deepEqual(wrong(fault({ heal: "['./{target}']" })), [], "known only when it runs");
  const probe = (argv: string) => wrong(`stopWhen: { probes: [{ name: b, command: ${argv}, for: 5s }] }\n`).join();
  assert.match(probe("[./nowhere]"), /^4:\d+ .*nowhere/);
  assert.equal(probe("[./tool]"), "");
  const logs = EXTERNAL.replace("}] }", "}], logs: [{ name: l, command: [nowhere-at-all] }] }");
  assert.match(wrong("", logs).join(), /^2:\d+ .*nowhere-at-all/);
});

test("the command of a lab's app is searched for in the app's own folder", () => {
  const lab = (app: string) => wrong("", `{ kind: lab, app: { directory: app, ${app} } }`).join();
  assert.equal(lab("command: [node, server.mjs], prepare: [node, /srv/app/server.mjs]"), "");
  assert.match(lab("command: [node, sever.mjs]"), /^2:\d+ .*sever\.mjs is no such file/);
  assert.match(lab("command: [node, server.mjs], prepare: [./migrate]"), /"\.\/migrate": no such file/);
});

test("SQL on a platform without PostgreSQL, and autoscaling without reported replicas, are problems", () => {
  const sql = "claims: [{ object: o, checkers: [acked-set], ledger: { sql: select 1 } }]\n";
  assert.match(wrong(sql).join(), /^4:\d+ .*no member with role "postgres" and a url/);
  const two =
    "claims:\n  - { object: o, checkers: [acked-set], ledger: { sql: select 1 } }\n  - { object: p, checkers: [acked-set], ledger: { sql: select 2 } }\n";
  assert.deepEqual(
    wrong(two).map((one) => one.split(":", 1)[0]),
    ["5", "6"],
  );
  const members = "members: [{ name: a, role: postgres, url: 'postgres://h/d' }]";
  assert.deepEqual(wrong(sql, `{ kind: external, endpoint: 'http://127.0.0.1:1', ${members} }`), []);
  const autoscaling = "autoscaling: { up: { replicas: 2, within: 10m }, down: { replicas: 1, within: 10m } }\n";
  assert.match(wrong(autoscaling).join(), /^4:\d+ .*reports its replicas/);
});

test("an object, a request and a group that no script mentions cause a warning, and imports are read too", () => {
  writeFileSync(join(folder, "deep.ts"), 'import "./deeper"; user.http.get("/basket/1"); user.group("buying", buy);');
  writeFileSync(join(folder, "deeper.ts"), 'import "./deep.ts"; record({ object: "baskets" });');
  const plan = checked("").parsed?.plan;
  assert.ok(plan);
  const warnings = (object: string, over: Record<string, string>) =>
    unmentioned(
      {
        ...plan,
        load: { ...plan.load, scenarios: [{ file: join(folder, "deep.ts"), weight: null }] },
        claims: [{ object, checkers: [], options: {}, source: { kind: "none" } }],
        objectives: [{ id: "a", says: "a", measure: "requests", over, bound: { atMost: 1 } }],
      },
      SCRIPTS,
    );
  assert.deepEqual(warnings("baskets", { name: "GET /basket/:id", group: "buying" }), []);
  assert.deepEqual(warnings("orders", {}), [], "a probe has it");
  assert.match(
    warnings("basket-items", { name: "GET /card", group: "byuing" }).join("\n"),
    /^claim over "basket-items".*\n.*"GET \/card"\n.*"byuing"$/,
  );
});
