import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, parseCookies, type Route } from "./http.ts";
import { router } from "./router.ts";

const route = (method: Route["method"], path: string): Route => ({ method, path, handle: () => ok({}) });
const find = router([route("GET", "/products"), route("GET", "/carts/:cart"), route("PUT", "/carts/:cart/items/:id")]);

test("fixed and open paths are matched by method, with decoded parameters", () => {
  assert.equal(find("GET", "/products").route.path, "/products");
  const { parameters } = find("PUT", "/carts/run%2Fb-1/items/run%2Fw0%2Fu1%2F7");
  assert.deepEqual(parameters, { cart: "run/b-1", id: "run/w0/u1/7" });
  assert.deepEqual(find("GET", "/carts/100%").parameters, { cart: "100%" });
});

test("another method, or one part too many, is not found", () => {
  for (const [method, path] of [
    ["POST", "/products"],
    ["GET", "/products/"],
    ["GET", "/carts/a/b"],
  ] as const) {
    assert.throws(() => find(method, path), { status: 404 });
  }
});

test("cookies are read and decoded, and a broken one does no harm", () => {
  assert.deepEqual(parseCookies("session=a%2Fb.c=; broken; x=%zz"), { session: "a/b.c=", x: "%zz" });
  assert.deepEqual(parseCookies(undefined), {});
});
