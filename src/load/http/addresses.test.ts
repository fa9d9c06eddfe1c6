import assert from "node:assert/strict";
import type { LookupAddress } from "node:dns";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { userOn } from "../user/user.fixture.ts";
import { AddressBook, type AddressOptions } from "./addresses.ts";
import { networkOf } from "./network.ts";

const THREE = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];

/** Returns an address book whose system knows these addresses, with the number of times that the system was queried. */
function bookOf(addresses: readonly string[], options: AddressOptions = {}) {
  let asked = 0;
  const resolve = (): Promise<LookupAddress[]> => {
    asked++;
    return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));
  };
  const book = new AddressBook(options, resolve);
  const order = async () => (await book.addressesOf("shop.test", 80)).map(({ address }) => address);
  return { book, order, asked: () => asked };
}

test("each connection begins with the next address, and has the others behind it", async () => {
  const { order, asked } = bookOf(THREE);
  const firsts = [];
  for (let count = 0; count < 6; count++) {
    const addresses = await order();
    assert.deepEqual([...addresses].sort(), THREE);
    firsts.push(addresses[0]);
  }
  assert.deepEqual(firsts, [...THREE, ...THREE]);
  assert.equal(asked(), 1, "the system is not asked for each connection");
});

test("workers begin with different addresses", async () => {
  const firsts = await Promise.all([0, 1, 2].map(async (firstTurn) => (await bookOf(THREE, { firstTurn }).order())[0]));
  assert.deepEqual(firsts, THREE);
});

test("an address that failed comes last, is named once, and comes first again once it took a connection", async () => {
  const says: string[] = [];
  const { book, order } = bookOf(THREE, { onPassedOver: (text) => says.push(text) });
  await order();
  for (let count = 0; count < 2; count++) book.failed("shop.test", 80, "10.0.0.2", "connect ECONNREFUSED");
  for (let count = 0; count < 4; count++) assert.equal((await order()).at(-1), "10.0.0.2");
  assert.deepEqual(says, ["10.0.0.2, an address of shop.test, is passed over: connect ECONNREFUSED"]);
  book.reached(80, () => "10.0.0.2");
  const firsts = new Set();
  for (let count = 0; count < 3; count++) firsts.add((await order())[0]);
  assert.deepEqual([...firsts].sort(), THREE);
});

test("an address that was passed over for long enough is tried by one connection", async (context) => {
  context.mock.timers.enable({ apis: ["Date"] });
  const { book, order } = bookOf(THREE);
  await order();
  book.failed("shop.test", 80, "10.0.0.1", "down");
  const now = performance.now();
  context.mock.method(performance, "now", () => now + 6_000);
  const firsts = [];
  for (let count = 0; count < 4; count++) firsts.push((await order())[0]);
  assert.equal(firsts.filter((address) => address === "10.0.0.1").length, 1);
  assert.equal(firsts[0], "10.0.0.1");
});

test("after a failure the system is asked again, though not for each of a thousand users", async (context) => {
  const { book, order, asked } = bookOf(["10.0.0.1"]);
  await order();
  for (let count = 0; count < 1_000; count++) book.failed("shop.test", 80, "10.0.0.1", "down");
  await order();
  assert.equal(asked(), 1, "it was asked a moment ago");
  const now = performance.now();
  context.mock.method(performance, "now", () => now + 600);
  for (let count = 0; count < 1_000; count++) book.failed("shop.test", 80, "10.0.0.1", "down");
  await Promise.all([order(), order()]);
  assert.equal(asked(), 2);
});

test("a name that is not found is asked for again, and fails in words", async () => {
  let asked = 0;
  const book = new AddressBook({}, () => {
    asked++;
    return Promise.reject(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }));
  });
  for (let count = 0; count < 2; count++) await assert.rejects(book.addressesOf("no.test", 80), { code: "ENOTFOUND" });
  assert.equal(asked, 2);
});

test("only one family, where one is asked for", async () => {
  const mixed = ["10.0.0.1", "fd00::1", "10.0.0.2"];
  assert.deepEqual(await bookOf(mixed, { family: 6 }).order(), ["fd00::1"]);
  assert.deepEqual([...(await bookOf(mixed, { family: 4 }).order())].sort(), ["10.0.0.1", "10.0.0.2"]);
  await assert.rejects(bookOf(["10.0.0.1"], { family: 6 }).order(), { message: "shop.test has no IPv6 address" });
});

test("given addresses go before the system's: by name and port, by name, for all", async () => {
  const hosts = { "shop.test:81": ["10.9.0.1"], "shop.test": ["10.9.0.2"], "*": ["10.9.0.3"] };
  const { book, asked } = bookOf(THREE, { hosts });
  const first = async (host: string, port: number) => (await book.addressesOf(host, port))[0]?.address;
  assert.equal(await first("shop.test", 81), "10.9.0.1");
  assert.equal(await first("SHOP.test", 80), "10.9.0.2");
  assert.equal(await first("other.test", 80), "10.9.0.3");
  assert.equal(asked(), 0);
});

test("a name that a flag speaks of is no longer the script's, on any port", async () => {
  const script = { hosts: { "shop.test:81": ["10.9.0.1"], "other.test": ["10.9.0.2"] } };
  const { addresses } = networkOf({ hosts: { "shop.test": ["10.9.0.3"] } }, script);
  const first = async (host: string, port: number) => (await addresses.addressesOf(host, port))[0]?.address;
  assert.deepEqual([await first("shop.test", 81), await first("other.test", 80)], ["10.9.0.3", "10.9.0.2"]);
});

/** Starts one server on each of these addresses, all on one port, and counts the requests that each received. */
async function serversOn(addresses: readonly string[]) {
  const got = new Map<string, number>();
  const servers: Server[] = [];
  let port = 0;
  for (const address of addresses) {
    got.set(address, 0);
    const server = createServer((_request, response) => {
      got.set(address, (got.get(address) ?? 0) + 1);
      response.end(address);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, address, resolve));
    port = (server.address() as AddressInfo).port;
  }
  return {
    port,
    got,
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

test("connections of HTTP/1.1 are spread over all addresses of a name, and a dead one costs no call", async () => {
  const alive = ["127.0.0.21", "127.0.0.22", "127.0.0.23"];
  await using rig = await serversOn(alive);
  const { user } = userOn(`http://shop.test:${rig.port}`, {
    client: { hosts: { "shop.test": [...alive, "127.0.0.24"] } },
  });
  for (let count = 0; count < 12; count++) {
    assert.equal((await user.http.get("/")).status, 200);
    user.session.disconnect();
  }
  user.abort();
  for (const count of rig.got.values()) assert.ok(count >= 3, JSON.stringify([...rig.got]));
});

test("a name whose addresses are all dead is refused, and is alive again with the first of them", async () => {
  const dead = ["127.0.0.31", "127.0.0.32"];
  const { port } = await serversOn(dead).then(async (rig) => {
    await rig[Symbol.asyncDispose]();
    return rig;
  });
  const { user } = userOn(`http://shop.test:${port}`, { client: { hosts: { "shop.test": dead } } });
  const refused = await user.http.get("/");
  assert.deepEqual([refused.error?.code, refused.error?.sent], ["refused", false]);
  const server = createServer((_request, response) => response.end("back"));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.32", resolve));
  assert.equal((await user.http.get("/")).text(), "back");
  user.abort();
  await new Promise((resolve) => server.close(resolve));
});
