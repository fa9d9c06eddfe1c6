import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import { type ClientFlags, clientOf, clientOptions } from "./client-flags.ts";

function clientOfArgv(argv: readonly string[], env: Record<string, string> = {}) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const option of clientOptions()) command.addOption(option);
  command.parse([...argv], { from: "user" });
  const { tls: _tls, ...client } = clientOf(command.opts<ClientFlags>(), env);
  return client;
}

test("names, address families, bodies and proxies are read", () => {
  assert.deepEqual(clientOfArgv([]), {});
  assert.deepEqual(clientOfArgv(["--resolve", "a.test:127.0.0.1", "--resolve", "b.test:81:127.0.0.2,127.0.0.3"]), {
    hosts: { "a.test": ["127.0.0.1"], "b.test:81": ["127.0.0.2", "127.0.0.3"] },
  });
  assert.deepEqual(clientOfArgv(["-4"]), { family: 4 });
  assert.deepEqual(clientOfArgv(["--ipv6"]), { family: 6 });
  for (const [size, bytes] of [
    ["0", 0],
    ["100", 100],
    ["64MiB", 64 << 20],
    ["1.5kB", 1500],
    ["2GiB", 2 ** 31],
  ] as const)
    assert.deepEqual(clientOfArgv(["--keep-body", size]), { bodyBytesMax: bytes });
  const env = { HTTP_PROXY: "http://a:1", NO_PROXY: "b.test" };
  assert.deepEqual(clientOfArgv([], env), { proxy: { http: "http://a:1", except: "b.test" } });
});

test("flags without effect are refused", () => {
  const wrong = [
    ["--keep-body", "much"],
    ["--keep-body", "3GiB"],
    ["--keep-body", "-1"],
    ["-4", "-6"],
    ["--resolve", "a.test"],
  ];
  for (const argv of wrong)
    assert.throws(
      () => clientOfArgv(argv),
      (error: Error & { code?: string }) => /^bad-/.test(error.code ?? ""),
      argv.join(" "),
    );
});
