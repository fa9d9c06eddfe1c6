import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf } from "./host.ts";

test("hosts are read as people type them", () => {
  for (const [given, url] of [
    ["127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["localhost", "http://localhost"],
    ["https://shop/pre/fix/", "https://shop/pre/fix/"],
    ["//shop:1", "http://shop:1"],
    ["::1", "http://[::1]"],
    ["[::1]:8080", "http://[::1]:8080"],
    [" http://shop ", "http://shop"],
  ])
    assert.equal(hostOf(given), url);
});

test("an address that would lead elsewhere, or lose a part, is refused", () => {
  for (const given of [
    "",
    "9471",
    "http://9471",
    "http:/shop",
    "http://",
    "shop:0",
    "shop:99999",
    "shop?x=1",
    "shop#f",
  ])
    assert.throws(() => hostOf(given), { name: "GamedayError", code: "bad-flag" }, given);
  for (const given of ["ftp://shop", "http://a b", "http://u:p@shop"])
    assert.throws(() => hostOf(given), { name: "GamedayError", code: "bad-url" }, given);
  assert.throws(() => hostOf(undefined), { code: "no-host" });
});
