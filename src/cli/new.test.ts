import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { parsePlan } from "../plan/parse.ts";
import { PLATFORMS } from "../run/platforms.ts";
import { type AppAnswers, argvOf, guessCommand, jsonOf, type Login, ledgerOf, requestOf } from "./new/app.ts";
import { ciFile, loginText, planText, probesText, type Scaffold, scenarioText } from "./new/files.ts";
import { askApp, formIn, linksIn, namedIn } from "./new/look.ts";

const APP: AppAnswers = {
  name: "corner-shop",
  directory: "/nowhere",
  command: ["node", "server.js"],
  prepare: ["node", "migrate.js"],
  readiness: null,
  reads: [],
  write: {
    method: "POST",
    path: "/orders",
    body: '{"id":"{id}","note":"order {id}","lines":[{"article":7}]}',
    isForm: false,
  },
  login: { path: "/login", body: '{"name":"a","password":"b"}', tokenField: "token", form: null },
  ledger: { kind: "sql", table: "orders", column: "id" },
};
const DJANGO: AppAnswers = {
  ...APP,
  login: {
    path: "/login/",
    body: '{"username":"a","password":"b"}',
    tokenField: null,
    form: { csrfField: "csrfmiddlewaretoken" },
  },
};
const SCAFFOLD: Scaffold = {
  app: APP,
  directory: "..",
  readiness: "/health",
  reads: ["/products"],
  questions: ["why so?"],
};

test("a command line is split into words, and one that needs a shell is run by one", () => {
  assert.deepEqual(argvOf('node server.js --title "a shop"'), ["node", "server.js", "--title", "a shop"]);
  assert.deepEqual(argvOf("gunicorn shop.wsgi --bind 0.0.0.0:$PORT"), [
    "sh",
    "-c",
    "exec gunicorn shop.wsgi --bind 0.0.0.0:$PORT",
  ]);
  const inShell: [given: string, run: string][] = [
    ["NODE_ENV=production node server.js", "NODE_ENV=production exec node server.js"],
    ["cd web && PORT=$PORT node server.js", "cd web && PORT=$PORT exec node server.js"],
    ["npm run migrate; node server.js", "npm run migrate; exec node server.js"],
    [`gunicorn shop.wsgi -w $(nproc) -b :\${PORT:-80}`, `exec gunicorn shop.wsgi -w $(nproc) -b :\${PORT:-80}`],
    ['echo "a && b" && node server.js', 'echo "a && b" && node server.js'],
    ["node server.js | tee log", "node server.js | tee log"],
    ["node helper.js & node server.js", "node helper.js & node server.js"],
    ["exec node $FILE", "exec node $FILE"],
  ];
  for (const [given, run] of inShell) assert.deepEqual(argvOf(given), ["sh", "-c", run]);
});

test("malformed flags are refused with an example", () => {
  assert.deepEqual(requestOf("POST /orders", "--write"), { method: "POST", path: "/orders" });
  assert.throws(() => requestOf("orders", "--write"), /"orders"/);
  assert.throws(() => jsonOf("{id}", "--body"), /JSON/);
  assert.throws(() => ledgerOf("orders; drop table orders"), /TABLE\.COLUMN/);
  assert.deepEqual(ledgerOf("/audit/orders"), { kind: "http", path: "/audit/orders" });
});

test("the command that starts an app is guessed from its folder, and the guess names its source", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-guess-"));
  context.after(() => rmSync(folder, { recursive: true }));
  assert.equal(guessCommand(folder), null);
  mkdirSync(join(folder, "target"));
  writeFileSync(join(folder, "target/shop.jar"), "");
  assert.deepEqual(guessCommand(folder)?.command, ["java", "-jar", "target/shop.jar"]);
  writeFileSync(join(folder, "manage.py"), "");
  assert.deepEqual(guessCommand(folder)?.prepare, ["python3", "manage.py", "migrate", "--noinput"]);
  for (const file of [".venv/bin/python", ".venv/bin/gunicorn", "shop/wsgi.py"]) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
  assert.match(guessCommand(folder)?.command[2] ?? "", /^exec \.venv\/bin\/python -m gunicorn shop\.wsgi /);
  writeFileSync(join(folder, "package.json"), '{ "scripts": { "start": "node server.js" } }');
  assert.deepEqual(guessCommand(folder)?.command, ["node", "server.js"]);
  mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
  writeFileSync(join(folder, "node_modules/.bin/next"), "");
  assert.equal(guessCommand(folder)?.prepare, null);
  writeFileSync(
    join(folder, "package.json"),
    '{ "scripts": { "start": "next start -p $PORT", "migrate": "node up.js" } }',
  );
  assert.deepEqual(guessCommand(folder)?.prepare, ["node", "up.js"]);
  assert.deepEqual(guessCommand(folder)?.command, ["sh", "-c", "exec node_modules/.bin/next start -p $PORT"]);
  writeFileSync(join(folder, "Procfile"), "web: node main.js\n");
  assert.match(guessCommand(folder)?.because ?? "", /Procfile/);
});

test("the plan is valid, and its questions are comments", () => {
  for (const scaffold of [SCAFFOLD, { ...SCAFFOLD, app: { ...APP, write: null, ledger: null, prepare: null } }]) {
    const text = planText(scaffold);
    const platforms = Object.fromEntries(PLATFORMS.map((kind) => [kind.name, kind.schema]));
    const { plan } = parsePlan(text, { file: "plan.yaml", folder: "/nowhere", environment: {}, platforms });
    assert.equal(plan.experiments.length, 3);
    assert.equal(plan.claims.length, scaffold.app.write === null ? 0 : 1);
    assert.match(text, /^# QUESTION: why so\?$/m);
    assert.match(text, /^# yaml-language-server: /);
  }
});

test("the scripts are TypeScript that Node can read, with the id where the body had it", () => {
  for (const app of [APP, { ...APP, login: null }, { ...APP, write: null }, DJANGO])
    for (const text of [scenarioText({ ...SCAFFOLD, app }), probesText({ ...SCAFFOLD, app })])
      stripTypeScriptTypes(text);
  assert.match(scenarioText(SCAFFOLD), /user\.http\.post\("\/orders", \{ json: \{ id: id, note: `order \$\{id\}`/);
  const put = { method: "PUT", path: "/orders/{id}", body: "{}", isForm: false };
  const probes = probesText({ ...SCAFFOLD, app: { ...APP, write: put } });
  assert.match(probes, /http\.put\(`\/orders\/\$\{encodeURIComponent\(id\)\}`/);
});

test("a login reads its form first, sends the token of the form, and is refused if the form comes back", () => {
  const login = (form: Login["form"], tokenField: string | null = null) =>
    stripTypeScriptTypes(loginText({ path: "/login", body: '{"user":"a"}', tokenField, form }));
  const django = login({ csrfField: "csrfmiddlewaretoken" });
  assert.match(django, /http\.get\("\/login", \{ name: "login page" \}\)/);
  assert.match(django, /form: \{ user: "a", csrfmiddlewaretoken: token \}, redirects: 0/);
  assert.match(django, /X-CSRFToken", http\.cookies\.get\("csrftoken"\)/);
  assert.match(login({ csrfField: "authenticity_token" }), /authenticity_token: token/);
  assert.doesNotMatch(login({ csrfField: null }), /login page/);
  assert.match(login(null, "token"), /Bearer/);
  assert.doesNotMatch(login(null), /Bearer|form:/);
  const scenario = scenarioText({ ...SCAFFOLD, app: DJANGO });
  assert.match(scenario, /import \{ logIn \} from "\.\.\/login\.ts"/);
  assert.match(scenario, /redirects: 0, expect: \[200, 201, 202, 204\]/, "a redirect to the login is not a success");
  const sold = { ...APP, write: { method: "POST", path: "/sell", body: '{"id":"{id}"}', isForm: true } };
  assert.match(probesText({ ...SCAFFOLD, app: sold }), /\{ form: \{ id: id \}, redirects: 0 \}/);
});

test("a page with a field for a password is a login form, with its hidden token", () => {
  const field = '<input type="password" name="password">';
  const django = `<form><input type="hidden" name="csrfmiddlewaretoken" value="x1">${field}</form>`;
  assert.deepEqual(formIn(django), { csrfField: "csrfmiddlewaretoken" });
  assert.deepEqual(formIn(`<input name="next" type="hidden" value="/">${field}`), { csrfField: null });
  assert.equal(formIn('<input type="text" name="q">'), null);
});

test("the jobs for CI are YAML and run the plan", () => {
  for (const kind of ["github", "gitlab"] as const) {
    const { text } = ciFile(kind, "gameday/plan.yaml");
    assert.ok(JSON.stringify(parse(text)).includes("gameday run gameday/plan.yaml"));
  }
});

test("links and OpenAPI documents show what can be read and written", () => {
  assert.deepEqual(linksIn('<a href="/a?x=1">a</a> <link href="/style.css"> <a href="//elsewhere/b">'), ["/a"]);
  const document = JSON.stringify({ paths: { "/orders": { get: {}, post: {} }, "/orders/{id}": { get: {} } } });
  assert.deepEqual(namedIn(["<html>", document]), { reads: ["/orders"], writes: ["POST /orders"] });
});

test("the usual paths of an app are requested, and those that answer are kept, with the path that means ready", async (context) => {
  const answers: Record<string, [status: number, text: string]> = {
    "/": [200, '<a href="/products">'],
    "/health": [200, ""],
    "/readyz": [503, "not yet"],
    "/products": [200, "[]"],
    "/stock/": [200, "[]"],
    "/login/": [200, '<input type="password">'],
  };
  const server = createServer((request, response) => {
    const [status, text] = answers[request.url ?? ""] ?? [404, ""];
    if (["/stock", "/login"].includes(request.url ?? ""))
      response.writeHead(301, { location: `${request.url}/` }).end();
    else response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const seen = await askApp(base, { ...APP, reads: ["/gone", "/stock"] }, new AbortController().signal);
  assert.deepEqual([seen.readiness, seen.reads], ["/health", ["/stock/", "/products", "/"]]);
  assert.deepEqual([seen.loginPath, seen.loginForm], ["/login/", { csrfField: null }], "of the path with the slash");
  assert.equal(seen.asked.get("/gone"), 404);
});
