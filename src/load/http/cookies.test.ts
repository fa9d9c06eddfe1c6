import assert from "node:assert/strict";
import { test } from "node:test";
import { CookieJar } from "./cookies.ts";
import { splitUrl } from "./origin.ts";

type Given = readonly [url: string, setCookie: string];

/** What is sent to `url` after these were set, without "Cookie:". */
function sentTo(url: string, ...given: Given[]): string {
  const jar = new CookieJar();
  for (const [from, setCookie] of given) {
    const { origin, path } = splitUrl(from);
    jar.take([setCookie], origin, path);
  }
  const { origin, path } = splitUrl(url);
  return jar.line(origin, path).replace(/^Cookie: |\r\n$/g, "");
}

const SHOP = "http://shop.test/a/b";

test("dates as servers write them end a cookie", () => {
  for (const date of [
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Thu, 01-Jan-1970 00:00:01 GMT",
    "Thursday, 01-Jan-70 00:00:00 GMT",
    "Thu Jan  1 00:00:00 1970",
    "Thu, 1 Jan 1970 0:00:00 UTC",
  ]) {
    assert.equal(sentTo(SHOP, [SHOP, "a=1; Path=/"], [SHOP, `a=; Path=/; Expires=${date}`]), "", date);
  }
});

test("dates to come, and what is no date, leave a cookie", () => {
  for (const date of [
    "Wed, 01 Jan 2098 00:00:00 GMT",
    "Wed, 01-Jan-68 00:00:00 GMT",
    "0",
    "-1",
    "never",
    "01 Jan 1970",
  ])
    assert.equal(sentTo(SHOP, [SHOP, `a=1; Path=/; Expires=${date}`]), "a=1", date);
});

test("a domain is the host's own or one above it, never an ending of an address or of all hosts", () => {
  assert.equal(sentTo("http://x.shop.test/", [SHOP, "a=1; Domain=.SHOP.test; Path=/"]), "a=1");
  assert.equal(sentTo("http://x.shop.test/", [SHOP, "a=1; Path=/"]), "");
  assert.equal(sentTo("http://bank.test/", [SHOP, "a=1; Domain=bank.test; Path=/"]), "");
  assert.equal(sentTo("http://bank.test/", [SHOP, "a=1; Domain=test; Path=/"]), "");
  assert.equal(sentTo("http://localhost/", ["http://localhost/", "a=1; Domain=localhost"]), "a=1");
  assert.equal(sentTo("http://127.0.0.1/", ["http://127.0.0.1/", "a=1; Domain=127.0.0.1"]), "a=1");
  assert.equal(sentTo("http://127.0.0.1/", ["http://127.0.0.1/", "a=1; Domain=0.0.1"]), "");
});

test("names, quotes, paths and lifetimes", () => {
  assert.equal(sentTo(SHOP, [SHOP, '  a =  "b c"  ; ; Path = / ; HttpOnly']), 'a="b c"');
  assert.equal(sentTo(SHOP, [SHOP, "a=1; Path=/"], [SHOP, "a=2; Path=/a"]), "a=2; a=1");
  assert.equal(sentTo("http://shop.test/ab", [SHOP, "a=1; Path=/a"]), "");
  assert.equal(sentTo(SHOP, [SHOP, "a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=100"]), "a=1");
  assert.equal(sentTo(SHOP, [SHOP, "a=1; Path=/"], [SHOP, "a=; Path=/; Max-Age=0"]), "");
  assert.equal(sentTo(SHOP, ["https://shop.test/", "a=1; Secure"]), "");
});
