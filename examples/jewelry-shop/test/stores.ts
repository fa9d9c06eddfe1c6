/**
 * A real PostgreSQL and a real Redis (a master and a replica) on free loopback ports, in a temporary folder. When the tests run
 * as root, PostgreSQL runs as the user postgres, because it refuses to run as root.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { until } from "../../../src/std/wait.ts";

export interface TestProcess {
  readonly port: number;
  /** Starts the process if it is not running, and waits until it answers. */
  start(): Promise<void>;
  /** Ends the process and waits until it has exited. */
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Sends a signal (SIGSTOP, SIGCONT) and does not wait. */
  signal(signal: NodeJS.Signals): void;
}

export interface TestStores extends AsyncDisposable {
  readonly folder: string;
  readonly postgres: TestProcess;
  readonly redis: TestProcess;
  readonly redisReplica: TestProcess;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

export async function startStores(): Promise<TestStores> {
  const folder = mkdtempSync(join(tmpdir(), "shop-test-"));
  chmodSync(folder, 0o755);
  const postgres = await postgresIn(folder);
  const redis = await redisIn(folder, "redis", null);
  const redisReplica = await redisIn(folder, "redis-replica", redis.port);
  const all = [redis, redisReplica, postgres];
  try {
    await Promise.all(all.map((process) => process.start()));
  } catch (error) {
    await stopAll(all, folder);
    throw error;
  }
  return {
    folder,
    postgres,
    redis,
    redisReplica,
    databaseUrl: `postgres://postgres@127.0.0.1:${postgres.port}/postgres`,
    redisUrl: `redis://127.0.0.1:${redis.port}`,
    [Symbol.asyncDispose]: () => stopAll(all, folder),
  };
}

async function stopAll(processes: readonly TestProcess[], folder: string): Promise<void> {
  await Promise.all(processes.map((process) => process.stop("SIGKILL")));
  rmSync(folder, { recursive: true, force: true });
}

/** Ends with this process, however that ends: a killed test leaves nothing behind. */
const TIED = ["--pdeathsig", "KILL"];

/** Creates a PostgreSQL with its data in a subfolder; it is not started yet. */
export async function postgresIn(folder: string): Promise<TestProcess> {
  const binaries = postgresBinaries();
  const data = join(folder, "postgres");
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  const user = ["setpriv", ...identity, ...TIED];
  if (isRoot) chownSync(folder, idOf("-u"), idOf("-g"));
  const initdb = ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
  run([...user, join(binaries, "initdb"), ...initdb]);
  const settings = { port, listen_addresses: "127.0.0.1", fsync: "off", unix_socket_directories: folder };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const argv = [...user, join(binaries, "postgres"), "-D", data, ...flags];
  return supervised(argv, folder, port, () => answersSql(url));
}

async function redisIn(folder: string, name: string, masterPort: number | null): Promise<TestProcess> {
  const port = await freePort();
  const replica = masterPort === null ? [] : ["--replicaof", "127.0.0.1", String(masterPort)];
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--repl-diskless-sync-delay", "0"];
  const files = ["--dir", folder, "--dbfilename", `${name}.rdb`];
  const argv = ["setpriv", ...TIED, "redis-server", ...settings, ...files, ...replica];
  const ready = masterPort === null ? "PONG" : "master_link_status:up";
  const question = masterPort === null ? ["ping"] : ["info", "replication"];
  return supervised(argv, folder, port, () => {
    return run(["redis-cli", "-p", String(port), ...question]).includes(ready);
  });
}

function supervised(
  argv: readonly string[],
  cwd: string,
  port: number,
  ready: () => boolean | Promise<boolean>,
): TestProcess {
  let child: ChildProcess | null = null;
  const [file = "", ...args] = argv;
  const isOver = () => child === null || child.exitCode !== null || child.signalCode !== null;
  return {
    port,
    start: async () => {
      if (!isOver()) return;
      const started = spawn(file, args, { cwd, stdio: "ignore" });
      child = started;
      const signal = AbortSignal.timeout(20_000);
      await until(ready, { what: `${file} on port ${port}`, deadlineMs: 15_000, everyMs: 20, signal });
    },
    stop: async (signal) => {
      if (isOver()) return;
      const gone = new Promise((resolve) => child?.once("exit", resolve));
      child?.kill(signal);
      await gone;
    },
    signal: (signal) => void child?.kill(signal),
  };
}

async function answersSql(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on("error", () => undefined); // The query below reports the error.
  await client.connect();
  await client.query("SELECT 1");
  await client.end();
  return true;
}

function postgresBinaries(): string {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const [newest] = versions;
  if (newest === undefined) throw new Error(`expected PostgreSQL under ${root}, got none: apt-get install postgresql`);
  return join(root, newest, "bin");
}

function idOf(flag: "-u" | "-g"): number {
  return Number(run(["id", flag, "postgres"]));
}

function run([file = "", ...args]: readonly string[]): string {
  return execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], cwd: tmpdir() });
}

/** Returns a port on which nothing listens at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
