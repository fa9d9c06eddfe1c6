import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cookie, parseCookie } from "./cookie.ts";
import { CookieJar } from "./cookies.ts";
import { splitUrl } from "./origin.ts";

type Given = readonly [url: string, setCookie: string];

/** Returns what is sent to `url` after these cookies were set, without "Cookie:". */
function sentTo(url: string, ...given: Given[]): string {
  const jar = jarOf(url);
  for (const [from, setCookie] of given) {
    const { origin, path } = splitUrl(from);
    jar.take([setCookie], origin, path);
  }
  const { origin, path } = splitUrl(url);
  return jar.line(origin, path).replace(/^Cookie: |\r\n$/g, "");
}

function jarOf(base: string): CookieJar {
  const { origin } = splitUrl(base);
  return new CookieJar(() => origin, "");
}

function cookieOf(line: string): Cookie {
  const cookie = parseCookie(line, { host: "shop.test", secure: true }, "/");
  if (typeof cookie === "string") throw new Error(cookie);
  return cookie;
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
  assert.equal(sentTo("http://10.0.0.1/", ["http://192.168.0.1/", "a=1; Domain=0.1; Path=/"]), "");
  assert.equal(sentTo("http://[2001:db8::2]/", ["http://[2001:db8::1]/", "a=1; Path=/"]), "");
  assert.equal(sentTo("http://[2001:db8::1]/", ["http://[2001:db8::1]/", "a=1; Path=/"]), "a=1");
});

test("names, quotes, paths and lifetimes", () => {
  assert.equal(sentTo(SHOP, [SHOP, '  a =  "b c"  ; ; Path = / ; HttpOnly']), 'a="b c"');
  assert.equal(sentTo(SHOP, [SHOP, "a=1; Path=/"], [SHOP, "a=2; Path=/a"]), "a=2; a=1");
  assert.equal(sentTo("http://shop.test/ab", [SHOP, "a=1; Path=/a"]), "");
  assert.equal(sentTo(SHOP, [SHOP, "a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=100"]), "a=1");
  assert.equal(sentTo(SHOP, [SHOP, "a=1; Path=/"], [SHOP, "a=; Path=/; Max-Age=0"]), "");
  assert.equal(sentTo(SHOP, ["https://shop.test/", "a=1; Secure"]), "");
});

test("Secure: kept from and sent to TLS and this very machine, and nowhere else", () => {
  assert.equal(sentTo("https://shop.test/", ["https://shop.test/", "a=1; Secure"]), "a=1");
  assert.equal(sentTo("https://shop.test/", ["http://shop.test/", "a=1; Secure"]), "");
  for (const base of ["http://localhost/", "http://app.localhost/", "http://127.0.0.5/", "http://[::1]/"])
    assert.equal(sentTo(base, [base, "a=1; Secure"]), "a=1", base);
  const secure: Given = ["https://shop.test/a", "a=1; Secure; Path=/a"];
  assert.equal(sentTo("https://shop.test/a/b", secure, ["http://shop.test/", "a=2; Path=/a"]), "a=1");
  assert.equal(sentTo("https://shop.test/a/b", secure, ["https://shop.test/", "a=2; Path=/a; Secure"]), "a=2");
});

test("prefixes promise what they say", () => {
  const at = (line: string, from = "https://shop.test/x") => sentTo("https://shop.test/x", [from, line]);
  assert.equal(at("__Host-a=1; Secure; Path=/"), "__Host-a=1");
  assert.equal(at("__Host-a=1; Secure"), "");
  assert.equal(at("__Host-a=1; Path=/"), "");
  assert.equal(at("__hOsT-a=1; Path=/; Secure; Domain=shop.test"), "");
  assert.equal(at("__Secure-a=1; Secure"), "__Secure-a=1");
  assert.equal(at("__SECURE-a=1"), "");
  assert.equal(at("__Secure-a=1; Secure", "http://shop.test/x"), "");
  assert.equal(at("=__Secure-a=1; Secure"), "");
  assert.equal(at("__Host-a"), "");
});

test("sizes, control characters and cookies without a name, as RFC 6265bis has them", () => {
  const at = (line: string) => sentTo(SHOP, [SHOP, line]);
  assert.equal(at(`a=${"x".repeat(4095)}`).length, 4097);
  assert.equal(at(`a=${"x".repeat(4096)}`), "");
  assert.equal(
    sentTo("http://shop.test/a/z", [SHOP, `a=1; Path=/${"x".repeat(1024)}`]),
    "a=1",
    "an attribute too long is none",
  );
  assert.equal(at("a=1\u0001; Path=/"), "");
  assert.equal(at("a=1\u007f"), "");
  assert.equal(at("alone; Path=/"), "alone");
  assert.equal(at("=alone; Path=/"), "alone");
  assert.equal(at("; Path=/"), "");
  assert.equal(at("a=b=c"), "a=b=c");
  assert.equal(at("a=1; SameSite=None"), "", "without Secure");
  assert.equal(at("a=1; SameSite=Wrong; Unknown=x"), "a=1");
  assert.equal(at("a=1; Domain=sh\u00f6p.test"), "");
  assert.equal(at("a=1; Domain="), "a=1");
});

test("Max-Age counts before Expires, nothing is kept longer than 400 days, and the last of two attributes counts", () => {
  const at = (line: string) => sentTo(SHOP, [SHOP, line]);
  assert.equal(at("a=1; Max-Age=-1; Expires=Wed, 01 Jan 2098 00:00:00 GMT"), "");
  assert.equal(at("a=1; Max-Age=1x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"), "");
  assert.equal(at("a=1; Max-Age=0; Max-Age=10"), "a=1");
  assert.equal(at("a=1; Path=/nowhere; Path=/a"), "a=1");
  const latest = cookieOf("a=1; Max-Age=99999999999").expiresMs;
  assert.ok(latest > Date.now() && latest <= Date.now() + 400 * 86_400_000);
});

test("what a line says is kept, also what only browsers act on", () => {
  const cookie = cookieOf("a=1; HttpOnly; SameSite=strict; Path=/x");
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, "strict", "/x"]);
});

test("what browsers would not keep is refused with the reason, what is no cookie without a word", () => {
  const refused: string[] = [];
  const lines = ["a=1; Secure", "b=1; SameSite=None", "__Host-c=1", "d=1; Domain=bank.test", "e=1\u0001", ";", "f=1"];
  jarOf(SHOP).take(lines, { host: "shop.test", secure: false }, "/", (name, why) => refused.push(`${name}: ${why}`));
  assert.deepEqual(refused, [
    "a: it is Secure, and came over http://",
    "b: it has SameSite=None without Secure",
    "__Host-c: its prefix promises what is not so",
    "d: its domain is not one that shop.test may set",
    "e: it has control characters",
  ]);
});

test("a jar holds many cookies of one host and of all, and lets the oldest go", () => {
  const jar = jarOf("http://shop.test/");
  const site = { host: "shop.test", secure: false };
  for (let count = 0; count < 200; count++) jar.take([`c${count}=1`], site, "/");
  assert.equal(Object.keys(jar.all()).length, 180);
  assert.deepEqual([jar.get("c19"), jar.get("c20"), jar.get("c199")], [null, "1", "1"]);
  for (let host = 0; host < 3_000; host++) jar.take(["a=1"], { host: `h${host}.test`, secure: false }, "/");
  assert.equal(jar.get("c199"), null);
  assert.equal(jar.get("a", "http://h2999.test/"), "1");
});

test("longer paths go first, then those that were made first; a new value keeps the place", () => {
  const given: Given[] = [
    [SHOP, "a=1; Path=/"],
    [SHOP, "b=1; Path=/a"],
    [SHOP, "c=1; Path=/a"],
    [SHOP, "b=2; Path=/a"],
  ];
  assert.equal(sentTo(SHOP, ...given), "b=2; c=1; a=1");
});

test("a script reads, sets and takes away what its user carries", () => {
  const jar = jarOf("http://shop.test/");
  jar.take(
    ["token=t1; Path=/", "area=x; Path=/shop", "name=Zo\u00c3\u00ab"],
    { host: "shop.test", secure: false },
    "/",
  );
  assert.equal(jar.get("token"), "t1");
  assert.equal(jar.get("none"), null);
  assert.equal(jar.get("name"), "Zo\u00eb");
  assert.equal(jar.get("area"), null);
  assert.equal(jar.get("area", "/shop/cart"), "x");
  assert.equal(jar.get("token", "http://other.test/"), null);
  jar.set("token", "t2");
  jar.set("city", "K\u00f6ln", { path: "/shop", httpOnly: true, sameSite: "Lax", maxAge: "1h" });
  jar.set("wide", "1", { url: "https://api.shop.test/", domain: "shop.test", secure: true });
  assert.deepEqual(jar.all("/shop"), { token: "t2", area: "x", name: "Zo\u00eb", city: "K\u00f6ln" });
  assert.equal(jar.get("wide", "https://shop.test/"), "1");
  assert.equal(jar.delete("token"), true);
  assert.equal(jar.delete("token"), false);
  jar.set("city", "", { path: "/shop", maxAge: 0 });
  assert.equal(jar.get("city", "/shop"), null);
  jar.clear();
  assert.deepEqual(jar.all("/shop"), {});
});

test("a cookie that a script may not set is refused in words", () => {
  const jar = jarOf("http://shop.test/");
  for (const [name, value] of [
    ["a b", "1"],
    ["a=b", "1"],
    ["", "1"],
    ["a", "1;2"],
    ["a", "1\r\nX: 1"],
    ["a", "x".repeat(5_000)],
  ] as const)
    assert.throws(() => jar.set(name, value), { code: "bad-cookie" }, JSON.stringify([name, value.slice(0, 9)]));
  assert.throws(() => jar.set("a", "1", { secure: true }), { code: "bad-cookie" });
  assert.throws(() => jar.set("a", "1", { domain: "bank.test" }), { code: "bad-cookie" });
  assert.throws(() => jar.set("__Host-a", "1"), { code: "bad-cookie" });
  assert.throws(() => jar.set("a", "1", { path: "/;x" }), { code: "bad-cookie" });
  assert.deepEqual(jar.all(), {});
});
