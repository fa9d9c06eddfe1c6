import assert from "node:assert/strict";
import { test } from "node:test";
import { neglectedProxy } from "./proxy.ts";

test("a proxy that a game day does not use is named, if it would be on the way", () => {
  const says = (endpoint: string | undefined, env: Record<string, string>) =>
    neglectedProxy({ platform: { kind: "external", ...(endpoint === undefined ? {} : { endpoint }) } }, env);
  assert.match(says("http://shop.test", { HTTP_PROXY: "http://a:1" }) ?? "", /uses none.*http:\/\/shop\.test directly/);
  assert.match(says("http://shop.test", { http_proxy: "socks5://a:1" }) ?? "", /uses none/);
  assert.equal(says("http://shop.test", { HTTPS_PROXY: "http://a:1" }), null);
  assert.equal(says("http://shop.test", { HTTP_PROXY: "http://a:1", NO_PROXY: ".test" }), null);
  assert.equal(says("http://127.0.0.1:8080", { HTTP_PROXY: "http://a:1" }), null);
  assert.equal(says(undefined, { HTTP_PROXY: "http://a:1" }), null, "the lab is on this machine");
  assert.equal(says("http://shop.test", {}), null);
});
