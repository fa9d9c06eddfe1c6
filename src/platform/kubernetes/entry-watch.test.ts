import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { type TestContext, test } from "node:test";
import { until } from "../../std/wait.ts";
import { askEntry } from "./entry-watch.ts";
import { configOf } from "./kubernetes.fixture.ts";
import type { Parts } from "./parts.ts";
import { PROBER, proberPod, readProber } from "./prober.ts";

const SIGNAL = new AbortController().signal;

/** Answers each request with the next of these statuses, and with the last one from then on. */
async function serverOf(context: TestContext, statuses: number[]): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => {
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    response.writeHead(status ?? 500).end("x");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => void server.close());
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/shop` };
}

test("an entry answers with whatever status, but for those by which a proxy says that nobody is behind it", async (context) => {
  const { server, url } = await serverOf(context, [200, 404, 500, 502, 503]);
  const answers: unknown[] = [];
  for (let time = 0; time < 5; time++) answers.push((await askEntry(url)).answers);
  assert.deepEqual(answers, [true, true, true, false, false]);
  assert.deepEqual(await askEntry(url), { answers: false, because: "status 503" });
  server.close();
  server.closeAllConnections();
  const { answers: closed, because } = await askEntry(url);
  assert.equal(closed, false);
  assert.match(because ?? "", /ECONNREFUSED/);
});

test("the prober's own program counts answers, and what it counted is read from its log", async (context) => {
  const { url } = await serverOf(context, [200, 503]);
  const pod = proberPod("shop", "gameday:1", url) as unknown as { spec: { containers: { command: string[] }[] } };
  const [, ...args] = pod.spec.containers[0]?.command ?? [];
  const prober = spawn(process.execPath, args);
  context.after(() => void prober.kill());
  let log = "";
  prober.stdout.on("data", (text: Buffer) => {
    log += text.toString();
  });
  const api = {
    logOf: async (where: { pod: string }) => (where.pod === PROBER ? (log.trim().split("\n").at(-1) ?? "") : ""),
  };
  const look = readProber({ api, config: configOf() } as unknown as Parts, SIGNAL);
  const lines = (count: number) => () => log.split("\n").length > count;
  assert.deepEqual(await look(), { answers: null, because: "the prober has not asked yet" });
  await until(lines(1), { what: "an attempt", deadlineMs: 10_000, everyMs: 10, signal: SIGNAL });
  assert.equal((await look()).answers, null, "it needs two looks to see a change");
  await until(lines(2), { what: "another attempt", deadlineMs: 10_000, everyMs: 10, signal: SIGNAL });
  assert.deepEqual(await look(), { answers: false, because: "status 503" });
  assert.deepEqual(await look(), { answers: null, because: "the prober is silent" });
  assert.match(log, /^1 0 status 200\n1 1 status 503\n/);
});
