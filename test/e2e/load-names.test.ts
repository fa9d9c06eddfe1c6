/** Where `gameday load` connects: names with addresses given by a script or a flag, and proxies of the environment. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fixture } from "./load.fixture.ts";

const GAMEDAY = fileURLToPath(new URL("../../bin/gameday.mjs", import.meta.url));
const ADDRESSES = ["127.0.0.41", "127.0.0.42"];
const asked = new Map<string, string[]>();
const agents = new Set<string | undefined>();
const servers: Server[] = [];
let port = 0;

before(async () => {
  for (const address of ADDRESSES) {
    asked.set(address, []);
    const server = createServer((request, response) => {
      asked.get(address)?.push(request.url ?? "");
      agents.add(request.headers["user-agent"]);
      response.end("ok");
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, address, resolve));
    port = (server.address() as AddressInfo).port;
  }
});

after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** Runs four users with one call each. Returns the requests that each address received, and the output. */
async function load(script: string, argv: readonly string[], env: Record<string, string> = {}) {
  for (const list of asked.values()) list.length = 0;
  const args = ["load", fixture(script), "-u", "4", "-i", "4", "--workers", "2", ...argv];
  const without = { HTTP_PROXY: "", http_proxy: "", NO_PROXY: "", no_proxy: "", ALL_PROXY: "", all_proxy: "" };
  const options = { env: { ...process.env, ...without, ...env }, timeout: 60_000 };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [GAMEDAY, ...args], options).catch(
    (thrown: { stdout: string; stderr: string }) => thrown,
  );
  return { stdout, stderr, counts: ADDRESSES.map((address) => asked.get(address)?.length) };
}

test("users are spread over the addresses that a script gives to its host, which the system does not know", async () => {
  const { counts, stdout, stderr } = await load("named.ts", ["-H", `http://shop.test:${port}`]);
  assert.deepEqual(counts, [2, 2], stdout + stderr);
  assert.deepEqual([...agents], ["gameday"]);
});

test("--resolve takes precedence over the script's addresses", async () => {
  const argv = ["-H", `http://shop.test:${port}`, "--resolve", `shop.test:${port}:127.0.0.42`];
  assert.deepEqual((await load("named.ts", argv)).counts, [0, 4]);
});

test("a name that does not resolve is refused before the load", async () => {
  const { counts, stderr } = await load("named.ts", ["-H", "http://nowhere.invalid"]);
  assert.deepEqual(counts, [0, 0]);
  assert.match(stderr, /nowhere\.invalid to be found[\s\S]*--resolve/);
});

test("a proxy of the environment is used, and reported before the load and in the summary", async () => {
  const env = { HTTP_PROXY: `http://anna:secret@127.0.0.41:${port}` };
  const { counts, stdout, stderr } = await load("named.ts", ["-H", "http://shop.test:9"], env);
  assert.deepEqual([counts, asked.get("127.0.0.41")?.[0]], [[4, 0], "http://shop.test:9/"]);
  for (const text of [stdout, stderr]) {
    assert.match(text, /by way of the proxy http:\/\/127\.0\.0\.41:\d+/);
    assert.doesNotMatch(text, /secret/);
  }
});

test("a proxy that cannot be used is refused before the load, where it would be used", async () => {
  const env = { ALL_PROXY: "socks5://127.0.0.1:1080" };
  const refused = await load("named.ts", ["-H", `http://shop.test:${port}`], env);
  assert.deepEqual(refused.counts, [0, 0]);
  assert.match(refused.stderr, /socks5:.*only HTTP proxies/);
  const direct = await load("named.ts", ["-H", `http://shop.test:${port}`], { ...env, NO_PROXY: "shop.test" });
  assert.deepEqual(direct.counts, [2, 2]);
});
