import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHosts, parseResolve } from "./hosts.ts";

test("--resolve is parsed as curl's users write it", () => {
  assert.deepEqual(parseResolve("shop.test:127.0.0.1"), ["shop.test", ["127.0.0.1"]]);
  assert.deepEqual(parseResolve("Shop.test:8080:127.0.0.1,127.0.0.2"), ["shop.test:8080", ["127.0.0.1", "127.0.0.2"]]);
  assert.deepEqual(parseResolve("shop.test:443:[::1]"), ["shop.test:443", ["::1"]]);
  assert.deepEqual(parseResolve("shop.test:[2001:db8::1]"), ["shop.test", ["2001:db8::1"]]);
  assert.deepEqual(parseResolve("shop.test:2001:[db8::1]"), ["shop.test:2001", ["db8::1"]]);
  assert.throws(() => parseResolve("shop.test:2001:db8::1"), /two ways/);
  assert.deepEqual(parseResolve("shop.test:::1"), ["shop.test", ["::1"]]);
  assert.deepEqual(parseResolve("*:127.0.0.1"), ["*", ["127.0.0.1"]]);
  for (const text of [
    "",
    "shop.test",
    "shop.test:",
    "shop.test:localhost",
    ":127.0.0.1",
    "a:0:127.0.0.1",
    "a:70000:127.0.0.1",
  ])
    assert.throws(() => parseResolve(text), { code: "bad-hosts" }, text);
});

test("hosts of a script or a plan are parsed", () => {
  const hosts = { "Shop.test": "127.0.0.1", "api.test:8443": ["127.0.0.2", "::1"] };
  assert.deepEqual(parseHosts(hosts), { "shop.test": ["127.0.0.1"], "api.test:8443": ["127.0.0.2", "::1"] });
  for (const wrong of [
    { "shop.test": "localhost" },
    { "http://shop.test": "127.0.0.1" },
    { a: 1 },
    { a: [] },
    { "a:99999": "127.0.0.1" },
  ])
    assert.throws(() => parseHosts(wrong), { code: "bad-hosts" }, JSON.stringify(wrong));
});
