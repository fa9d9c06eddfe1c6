import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { parseListeners, whyUnreached } from "./listeners.ts";

/** Opens a real listener, and returns the entries of the kernel's table for that port. */
async function listening(context: TestContext, host: string) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  context.after(() => server.close());
  const { port } = server.address() as { port: number };
  const table = ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFileSync(file, "utf8")).join("\n");
  return { port, listeners: parseListeners(table).filter((one) => one.port === port) };
}

test("the kernel's table is parsed", async (context) => {
  for (const [host, address] of [
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["127.0.0.9", "127.0.0.9"],
  ] as const) {
    const { listeners, port } = await listening(context, host);
    assert.deepEqual(listeners, [{ address, port, uid: process.getuid?.() }]);
  }
  const six = "  0: 00000000000000000000000001000000:1FA5 0:0 0A 0:0 0:0 0 65534 0 1";
  assert.deepEqual(parseListeners(six), [{ address: "::1", port: 8101, uid: 65534 }]);
  assert.deepEqual(parseListeners(six.replace("01000000", "00000000"))[0]?.address, "::");
  assert.deepEqual(parseListeners(six.replace(" 0A ", " 01 ")), [], "a connection");
});

test("an app that listens on 127.0.0.1 only, or on another port, causes a message, and one on all addresses does not", async (context) => {
  const at = (port: number) => ({ port, reachableAt: "10.88.0.1", uid: 65534 });
  const local = await listening(context, "127.0.0.1");
  assert.match(
    whyUnreached(local.listeners, at(local.port)) ?? "",
    /^it listens on 127\.0\.0\.1 only, port \d+: .*0\.0\.0\.0/,
  );
  const all = await listening(context, "0.0.0.0");
  assert.equal(whyUnreached(all.listeners, at(all.port)), null);
  const listeners = [{ address: "0.0.0.0", port: 3000, uid: 65534 }];
  assert.equal(whyUnreached(listeners, at(8101)), "nothing listens on port 8101 ($PORT); its user listens on 3000");
  assert.equal(whyUnreached([{ address: "10.88.0.1", port: 8101, uid: 1 }], at(8101)), null);
});
