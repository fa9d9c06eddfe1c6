/** --requests-csv: each request in a file beside the evidence, with workers here, on other machines, and in a plan's run. */
import assert from "node:assert/strict";
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { openEvidence } from "../../src/evidence/reader.ts";
import type { Evidence } from "../../src/evidence.ts";
import { parseMetric } from "../../src/interval/metric.ts";
import { REQUEST_COLUMNS } from "../../src/output/requests/csv.ts";
import { freePort } from "../../src/std/free-port.fixture.ts";
import { until } from "../../src/std/wait.ts";
import { gameday, ROOT, start, temporaryFolder } from "./gameday.ts";
import { fixture, target } from "./load.fixture.ts";

const TOKEN = "a-token-of-this-test";

/** Serves what the script mixed.ts asks for. */
async function mixedTarget(context: TestContext): Promise<string> {
  const server = createServer(({ url = "" }, response) => {
    if (url.startsWith("/ok")) return void response.end("fine");
    if (url === "/missing") return void response.writeHead(404).end("no such thing here");
    if (url === "/moved") return void response.writeHead(302, { location: "/ok" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Row = Readonly<Record<string, string>>;

/** Reads the file as a program that knows nothing of Gameday would. */
function rowsIn(folder: string): Row[] {
  const text = readFileSync(join(folder, "requests.csv"), "utf8");
  assert.ok(text.endsWith("\n"), "the last line is whole");
  const fields = text.trimEnd().split("\n").map(fieldsOf);
  const [head = [], ...rows] = fields;
  assert.deepEqual(
    head,
    REQUEST_COLUMNS.map(([name]) => name),
  );
  return rows.map((row) => {
    assert.equal(row.length, head.length, row.join("|"));
    return Object.fromEntries(head.map((name, index) => [name, row[index] ?? ""]));
  });
}

function fieldsOf(line: string): string[] {
  const fields = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...fields].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}

/** Returns how many requests of each name and kind of error the intervals count; those that the end cut off are interrupted. */
function countedIn(evidence: Evidence): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { metrics } of evidence.intervals()) {
    for (const { metric, count } of metrics) {
      const { name, tags } = parseMetric(metric) ?? { name: "", tags: {} as Record<string, string> };
      if (name !== "http_req_duration" && name !== "http_req_interrupted") continue;
      const error = name === "http_req_interrupted" ? "interrupted" : (tags["error"] ?? "");
      const key = `${tags["name"]} ${error}`;
      counts[key] = (counts[key] ?? 0) + count;
    }
  }
  return counts;
}

function tallied(rows: readonly Row[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, error } of rows) counts[`${name} ${error}`] = (counts[`${name} ${error}`] ?? 0) + 1;
  return counts;
}

describe("each request of a load in a file", { concurrency: 2 }, () => {
  test("the rows are the totals, with tags, redirects and what the end cut off; the seal covers the file", async (context) => {
    const out = join(temporaryFolder(context), "D");
    const shape = [fixture("mixed.ts"), "-q", "--workers", "2", "-u", "6", "-d", "1s", "--graceful-stop", "100ms"];
    const host = ["-H", await mixedTarget(context)];
    const { stderr } = await gameday(["load", ...shape, ...host, "--out", out, "--requests-csv"]);
    const rows = rowsIn(out);
    const evidence = openEvidence(out);
    assert.deepEqual(evidence.flaws, [], stderr);
    assert.deepEqual(tallied(rows), countedIn(evidence));
    const named = (name: string, error: string) => rows.find((row) => row["name"] === name && row["error"] === error);
    assert.match(named('a "quoted", name', "")?.["url"] ?? "", /^http:\/\/127\.0\.0\.1:\d+\/ok\?a=1,2$/);
    assert.deepEqual(
      [named("GET /missing", "http-404")?.["status"], named("GET /missing", "http-404")?.["expected_response"]],
      ["404", "false"],
    );
    const moved = rows.filter(({ name }) => name === "moved");
    assert.ok(moved.some(({ status }) => status === "302") && moved.some(({ status }) => status === "200"));
    assert.ok(Number(named("slow", "timeout")?.["duration_ms"]) >= 50);
    const hung = named("hangs", "interrupted");
    assert.deepEqual([hung?.["group"], hung?.["extra_tags"]], ["late", "release=7&part=last"]);
    assert.deepEqual(new Set(rows.map(({ worker }) => worker)), new Set(["w0", "w1"]));
    const startedAtMs = Date.parse(evidence.run.startedAt);
    for (const { timestamp, at_ms } of rows)
      assert.ok(Math.abs(Number(timestamp) * 1_000 - startedAtMs - Number(at_ms)) < 2, `${timestamp} ${at_ms}`);
    const examples = [...evidence.intervals()].flatMap((interval) => interval.examples ?? []);
    const missing = examples.find(({ error }) => error === "http-404");
    assert.deepEqual([missing?.name, missing?.status, missing?.says], ["GET /missing", 404, "no such thing here"]);
    assert.match(examples.find(({ error }) => error === "timeout")?.says ?? "", /50 ms/);

    appendFileSync(join(out, "requests.csv"), "\n");
    assert.deepEqual(openEvidence(out).flaws, ["requests.csv was changed after it was sealed"]);
    rmSync(join(out, "requests.csv"));
    assert.deepEqual(openEvidence(out).flaws, [], "it may be left out, because nothing is judged from it");
  });

  test("workers on other machines report each request, too", async (context) => {
    const aim = await target();
    context.after(aim.close);
    const [port, out] = [await freePort(), join(temporaryFolder(context), "D")];
    const shape = [fixture("steady.ts"), "-q", "--workers", "2", "-u", "4", "-d", "1s", "-H", aim.baseUrl];
    const listen = ["--listen", String(port), "--token", TOKEN];
    const load = start(["load", ...shape, ...listen, "--out", out, "--requests-csv"]);
    const join2 = ["worker", "--join", `http://127.0.0.1:${port}`, "--token", TOKEN];
    const workers = [start(join2), start(join2)];
    const { code, stdout, stderr } = await load.ended;
    for (const worker of workers) await worker.ended;
    assert.equal(code, 0, stdout + stderr);
    const rows = rowsIn(out);
    assert.deepEqual(tallied(rows), countedIn(openEvidence(out)));
    assert.equal(rows.length, aim.requests());
  });

  test("a load that is killed leaves whole lines", async (context) => {
    const aim = await target();
    context.after(aim.close);
    const out = join(temporaryFolder(context), "D");
    const shape = [fixture("steady.ts"), "-q", "--workers", "2", "-u", "30", "-d", "60s", "-H", aim.baseUrl];
    const load = start(["load", ...shape, "--out", out, "--requests-csv"]);
    const file = join(out, "requests.csv");
    const grown = () => existsSync(file) && statSync(file).size > 200_000;
    await until(grown, { what: "the file to grow", deadlineMs: 30_000, signal: new AbortController().signal });
    load.child.kill("SIGKILL");
    await load.ended;
    assert.ok(rowsIn(out).length > 500);
  });

  test("a plan's run writes it as well, and without --out a load cannot", async (context) => {
    const folder = temporaryFolder(context);
    cpSync(join(ROOT, "test/fixtures/fake"), folder, { recursive: true });
    const out = join(folder, "run");
    const { stderr } = await gameday(["run", join(folder, "plan.yaml"), "--out", out, "--requests-csv"]);
    const evidence = openEvidence(out);
    assert.deepEqual(evidence.flaws, [], stderr);
    const rows = rowsIn(out);
    assert.ok(rows.length > 0);
    assert.deepEqual(tallied(rows), countedIn(evidence));
    const alone = await gameday(["load", fixture("steady.ts"), "-H", "http://127.0.0.1:1", "--requests-csv"]);
    assert.equal(alone.code, 3, alone.stderr);
    assert.match(alone.stderr, /--out FOLDER with --requests-csv/);
  });
});
