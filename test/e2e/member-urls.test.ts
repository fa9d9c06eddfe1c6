/** Real servers, reached by the URLs that psql and redis-cli accept: which server is reached, and how. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { postgresIn, type TestProcess } from "../../examples/jewelry-shop/test/stores.ts";
import { look } from "../../src/platform/external/member.ts";
import { freePort } from "../../src/std/free-port.fixture.ts";
import { until } from "../../src/std/wait.ts";
import { folderOfTestFile } from "./gameday.ts";

const folder = folderOfTestFile("urls");
const signal = new AbortController().signal; // every wait has a deadline of its own
let member: TestProcess;
let plain: string;

before(async () => {
  chmodSync(folder, 0o755);
  member = await postgresIn(folder);
  plain = `postgres://postgres@127.0.0.1:${member.port}/postgres`;
  await member.start();
});

after(async () => {
  await member.stop("SIGKILL");
});

const isWell = async (url: string, role = "postgres") =>
  (await look({ name: "db", role, url, labels: {} }, signal, 10_000)).healthy;

/** Returns whether psql itself can use the URL. */
function psql(url: string): boolean {
  const env = { ...process.env, HOME: folder, PGCONNECT_TIMEOUT: "5" };
  return spawnSync("psql", [url, "-Atc", "select 1"], { encoding: "utf8", env }).stdout.trim() === "1";
}

const withQuery = (query: string) => `${plain}?${query}`;
const MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
const asked = async () =>
  Promise.all(MODES.map(async (mode) => [mode, await isWell(withQuery(`sslmode=${mode}`))] as const));
const psqlSays = () => MODES.map((mode) => [mode, psql(withQuery(`sslmode=${mode}`))] as const);

test("a server without TLS is reached by the modes that do not demand it", async () => {
  assert.deepEqual(await asked(), psqlSays());
  assert.equal(await isWell(plain), true);
});

test("a server with an untrusted certificate is reached by the modes that do not verify", async () => {
  await turnTlsOn();
  assert.deepEqual(await asked(), psqlSays());
  assert.equal(await isWell(withQuery("sslmode=require")), true);
  assert.equal(await isWell(withQuery("sslmode=verify-ca")), false);
  const known = `sslmode=verify-ca&sslrootcert=${join(folder, "server.crt")}`;
  assert.deepEqual([await isWell(withQuery(known)), psql(withQuery(known))], [true, true]);
});

/** Turns TLS on by a reload: an open session stays open. */
async function turnTlsOn(): Promise<void> {
  const [key, certificate] = [join(folder, "server.key"), join(folder, "server.crt")];
  const subject = ["-subj", "/CN=somebody-else", "-days", "2", "-nodes", "-keyout", key, "-out", certificate];
  spawnSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", ...subject]);
  const client = new pg.Client(plain);
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>("show data_directory");
  const { uid, gid } = statSync(rows[0]?.data_directory ?? folder);
  chownSync(key, uid, gid);
  chmodSync(key, 0o600);
  chmodSync(certificate, 0o644);
  await client.query(`alter system set ssl_key_file = '${key}'`);
  await client.query(`alter system set ssl_cert_file = '${certificate}'`);
  await client.query("alter system set ssl = on");
  await client.query("select pg_reload_conf()");
  await client.end();
  await until(() => psql(withQuery("sslmode=require")), { what: "TLS to be on", deadlineMs: 10_000, signal });
}

test("a Redis with a password is reached by the URLs that redis-cli accepts", async () => {
  const port = await freePort();
  const server = spawn("redis-server", [
    "--port",
    String(port),
    "--requirepass",
    "p@ss",
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--dir",
    folder,
  ]);
  try {
    const url = (userinfo: string) => `redis://${userinfo}127.0.0.1:${port}/3`;
    const reached = (userinfo: string) => isWell(url(userinfo), "redis");
    // redis-cli 7.0 sends the empty name as it is; the libraries, like people, take it to mean the default user.
    await until(() => reached(":p%40ss@"), { what: "Redis to answer", deadlineMs: 10_000, signal });
    for (const userinfo of ["p%40ss@", "default:p%40ss@", "", ":wrong@", "nobody:p%40ss@"]) {
      const answer = spawnSync("redis-cli", ["--no-auth-warning", "-u", url(userinfo), "ping"], { encoding: "utf8" });
      assert.equal(await reached(userinfo), answer.stdout.trim() === "PONG", userinfo);
    }
  } finally {
    server.kill("SIGKILL");
  }
});
