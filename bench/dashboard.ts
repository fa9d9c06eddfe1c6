/**
 * `node bench/dashboard.ts [SECONDS]`: what the dashboard costs. Feeds a run folder at real speed (two workers, six streams of probes, an
 * event every two seconds), lets the real `gameday serve` read it, and measures the CPU time of its process without a watcher, with
 * one and with 200, and how late an event is on the stream. Prints JSON. Linux only: it reads /proc.
 */
import { spawn } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { register } from "../src/control/registry.ts";
import { controlPath } from "../src/control/socket.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PHASE_S = Number(process.argv[2] ?? 30);
const TICKS_PER_SECOND = 100;
const BEAT_MS = 50;
const STREAMS = ["order-write", "session-write", "read"].flatMap((name) => [`${name}/kept`, `${name}/fresh`]);

const folder = mkdtempSync(join(tmpdir(), "gameday-bench-"));
const stateFolder = join(folder, "state");
const run = join(folder, "runs", "live");
cpSync(join(ROOT, "test/fixtures/runs/fake"), run, { recursive: true });
for (const name of ["manifest.json", "verdict.json", "history.ndjson", "ledger.ndjson"]) rmSync(join(run, name));
const intervals = readFileSync(join(run, "intervals.ndjson"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const record = JSON.parse(readFileSync(join(run, "run.json"), "utf8"));
writeFileSync(
  join(run, "run.json"),
  JSON.stringify({ ...record, runId: "live", plan: { ...record.plan, objectives: [] } }),
);
for (const name of ["timeline", "intervals"]) writeFileSync(join(run, `${name}.ndjson`), "");

// The run's process, as far as the dashboard sees it: something that listens.
using _note = (() => {
  const one = register(stateFolder, { runId: "live", pid: process.pid, folder: run });
  return one;
})();
const listener = createServer((socket) => socket.on("error", () => socket.destroy()).resume()).listen(
  controlPath(stateFolder, "live"),
);

const startedMs = performance.now();
const now = () => performance.now() - startedMs;
const append = (name: string, value: object) =>
  appendFileSync(join(run, `${name}.ndjson`), `${JSON.stringify(value)}\n`);
append("timeline", { atMs: now(), type: "phase", phase: "load", edge: "begin" });
append("timeline", { atMs: now(), type: "load", edge: "steady", users: 5 });

let beats = 0;
const beating = setInterval(() => {
  const lines = STREAMS.map((stream) => {
    const [name = "", connection = ""] = stream.split("/");
    const atMs = now() - 3;
    const outcome = { type: "ok", output: null };
    return JSON.stringify({
      id: `live/${stream}/${beats}`,
      process: `probe/${stream}`,
      object: "o",
      kind: "add",
      input: null,
      attempt: 1,
      outcome,
      intendedAtMs: atMs,
      invokedAtMs: atMs,
      completedAtMs: now(),
      probe: { class: name, connection },
    });
  });
  beats++;
  appendFileSync(join(run, "history.ndjson"), `${lines.join("\n")}\n`);
}, BEAT_MS);
let sequence = 0;
const reporting = setInterval(() => {
  sequence++;
  // A real interval has some 12 KB: the lines of the fixture are repeated under other names.
  for (const worker of ["w0", "w1"]) {
    const metrics = [0, 1, 2, 3].flatMap((copy) =>
      intervals[sequence % intervals.length].metrics.map((one: { metric: string }) => ({
        ...one,
        metric: one.metric.replace("name:", `name:${copy} `),
      })),
    );
    append("intervals", { ...intervals[5], worker, sequence, fromMs: now() - 1000, toMs: now(), metrics });
  }
}, 1_000);
const sentAt = new Map<string, number>();
const events = setInterval(() => {
  const says = `mark ${sentAt.size}`;
  sentAt.set(says, performance.now());
  append("timeline", { atMs: now(), type: "note", source: "bench", says });
}, 2_000);

const server = spawn(process.execPath, [join(ROOT, "bin/gameday.mjs"), "serve", join(folder, "runs"), "--port", "0"], {
  env: { ...process.env, GAMEDAY_STATE: stateFolder },
  stdio: ["ignore", "pipe", "inherit"],
});
const port = await new Promise<number>((resolve) => {
  let text = "";
  server.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    const found = /127\.0\.0\.1:(\d+)/.exec(text)?.[1];
    if (found !== undefined) resolve(Number(found));
  });
});

const lateMs: number[] = [];
let bytes = 0;
function watch(isMeasured: boolean): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`GET /api/v1/runs/live/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`),
    );
    socket.once("data", () => resolve(socket)).on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      if (!isMeasured) return;
      bytes += chunk.length;
      for (const [, says = ""] of chunk.toString().matchAll(/"says":"bench: (mark \d+)"/g)) {
        const at = sentAt.get(says);
        if (at !== undefined) lateMs.push(performance.now() - at);
        sentAt.delete(says);
      }
    });
  });
}

function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function share(): Promise<number> {
  await delay(3_000); // what begins with a watcher is not what watching costs
  const [cpu, atMs] = [cpuSeconds(), performance.now()];
  await delay(PHASE_S * 1000);
  return (cpuSeconds() - cpu) / ((performance.now() - atMs) / 1000);
}

const idle = await share();
sentAt.clear(); // what is in the first snapshot is not late
const sockets = [await watch(true)];
const one = await share();
const bytesPerSecond = Math.round(bytes / (PHASE_S + 3));
for (let count = 1; count < 200; count++) sockets.push(await watch(false));
const many = await share();
lateMs.sort((a, b) => a - b);
const percent = (value: number) => Math.round(value * 10_000) / 100;
console.log(
  JSON.stringify({
    idlePercent: percent(idle),
    oneWatcherPercent: percent(one),
    manyWatchersPercent: percent(many),
    cpuMicrosPerWatcherSecond: Math.round(((many - one) * 1e6) / 199),
    bytesPerSecond,
    eventMsP95: Math.round(lateMs[Math.floor(lateMs.length * 0.95)] ?? Number.NaN),
    events: lateMs.length,
  }),
);
for (const timer of [beating, reporting, events]) clearInterval(timer);
for (const socket of sockets) socket.destroy();
server.kill("SIGTERM");
listener.close();
await delay(500);
rmSync(folder, { recursive: true, force: true });
process.exit();
