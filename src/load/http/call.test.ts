/** Tests what a call has to survive from scripts and servers: each case is reported to the script and harms no later call. */
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import type { ScenarioDefinition } from "../../scenario.ts";
import { type UserOptions, userOn } from "../user/user.fixture.ts";

type Answer = (head: string, socket: Socket) => string | null | Promise<string>;

/** Starts a server that answers each head with raw text, and creates a user of it. */
async function rigOf(answer: Answer, options: UserOptions = {}) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let asked = "";
    socket.on("data", async (data) => {
      asked += data.toString("latin1");
      const end = asked.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = asked.slice(0, end);
      asked = "";
      socket.write((await answer(head, socket)) ?? "", "utf8");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const rig = userOn(`http://127.0.0.1:${port}`, options);
  return {
    ...rig,
    http: rig.user.http,
    sockets,
    [Symbol.asyncDispose]: async () => {
      rig.user.abort();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function ok(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const NOT_LOGGED_IN = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";

function badly(definition: object): Partial<ScenarioDefinition> {
  return definition;
}

test("a post that is refused before it was read leaves nothing for the next call to wait behind", async () => {
  await using rig = await rigOf((head, socket) => {
    if (head.startsWith("GET")) return ok("good");
    socket.pause();
    return "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig";
  });
  const refused = await rig.http.post("/x", { body: new Uint8Array(10 << 20) });
  assert.deepEqual([refused.status, refused.text()], [413, "big"]);
  const next = await rig.http.get("/y");
  assert.deepEqual([next.error, next.text(), rig.sockets.size], [null, "good", 2]);
});

test("what a script gives wrongly rejects its call; none is left hanging", async () => {
  await using rig = await rigOf(() => ok("x"));
  const wrong = (options: object) => rig.http.post("/x", options);
  await assert.rejects(wrong({ expect: 404 }), { code: "bad-statuses" });
  await assert.rejects(wrong({ notApplied: 409 }), { code: "bad-statuses" });
  await assert.rejects(wrong({ body: 5 }), { code: "request-body" });
  await assert.rejects(wrong({ body: { a: 1 } }), { code: "request-body" });
  assert.equal((await wrong({ body: new ArrayBuffer(4) })).status, 200);
  assert.equal(rig.sockets.size, 1, "the connection was not harmed");
});

test("calls that wait behind ones that are refused get their turn", async () => {
  await using rig = await rigOf(() => ok("x"));
  const sound = Array.from({ length: 6 }, () => rig.http.get("/x"));
  const refused = Array.from({ length: 9 }, () => assert.rejects(rig.http.get("/x", { headers: { "a b": "" } })));
  const last = rig.http.get("/x");
  await Promise.all([...sound, ...refused]);
  assert.equal((await last).status, 200);
});

test("a login that throws at once, or gives no promise, ends the call that asked for it", async () => {
  const broken = () => {
    throw new Error("no token");
  };
  await using rig = await rigOf(() => NOT_LOGGED_IN, { definition: badly({ login: broken }) });
  await assert.rejects(rig.http.get("/x"), /no token/);
  await assert.rejects(rig.http.get("/x"), /no token/, "the next call tries again");
  await using plain = await rigOf(() => NOT_LOGGED_IN, { definition: badly({ login: () => 5 }) });
  assert.equal((await plain.http.get("/x")).status, 401);
});

test("calls that overlap and all meet a 401 wait for one login, and are repeated", async () => {
  let logins = 0;
  let loggedIn = false;
  const all = Promise.withResolvers<void>();
  let refused = 0;
  await using rig = await rigOf(
    async (head) => {
      if (head.startsWith("GET")) {
        if (loggedIn) return ok(head.split(" ")[1] ?? "");
        if (++refused === 3) all.resolve();
        return NOT_LOGGED_IN;
      }
      logins++;
      await all.promise;
      loggedIn = true;
      return ok("");
    },
    {
      definition: {
        login: async (user) => {
          await user.http.post("/login");
        },
      },
    },
  );
  const replies = await Promise.all(["/a", "/b", "/c"].map((path) => rig.http.get(path)));
  assert.deepEqual(
    replies.map((reply) => reply.text()),
    ["/a", "/b", "/c"],
  );
  assert.equal(logins, 1);
  const counted = rig.counted();
  assert.deepEqual(counted["logins_repeated{scenario:s}"], [1, 0]);
  assert.equal(
    Object.keys(counted).some((metric) => metric.includes("expected_response:false")),
    false,
  );
});

test("headers for all calls take the place of the engine's own, once; framing stays the engine's", async () => {
  await using rig = await rigOf((head) => ok(head).replace("\r\n", "\r\nSet-Cookie: a=b\r\n"));
  await rig.http.get("/");
  rig.http.header("Host", "shop.test");
  rig.http.header("Cookie", "c=d");
  rig.http.header("Content-Length", "3");
  const replies = [await rig.http.get("/x"), await rig.http.post("/x", { body: "four", headers: { "X-B": "1" } })];
  const heads = replies.map((reply) => reply.text());
  assert.deepEqual(
    heads.map((head) => head.match(/^(Host|Cookie): .*$/gim)),
    [
      ["Host: shop.test", "Cookie: c=d"], // the first cookie belongs to the address, and that of this answer to the virtual host
      ["Host: shop.test", "Cookie: a=b; c=d"],
    ],
  );
  for (const head of heads) assert.doesNotMatch(head, /Content-Length: 3/);
});

test("a fragment is for the client alone", async () => {
  await using rig = await rigOf((head) => ok(head.split(" ")[1] ?? ""));
  assert.equal((await rig.http.get("/x?a=1#top")).text(), "/x?a=1");
  assert.equal((await rig.http.post("/x#top", { body: "x" })).text(), "/x");
});

test("a Location in UTF-8 leads where it says; one that leaves the host is told", async () => {
  const places: Record<string, string> = { "/u": "/café?x=é#top", "/away": "http://elsewhere.invalid/" };
  await using rig = await rigOf((head) => {
    const path = head.split(" ")[1] ?? "";
    const place = places[path];
    return place === undefined ? ok(path) : `HTTP/1.1 302 Found\r\nLocation: ${place}\r\nContent-Length: 0\r\n\r\n`;
  });
  assert.equal((await rig.http.get("/u")).text(), "/caf%C3%A9?x=%C3%A9");
  assert.deepEqual(rig.notes, []);
  assert.equal((await rig.http.get("/away")).status, 302);
  assert.match(rig.notes.join(), /elsewhere\.invalid.*not followed/);
});

test("a name and password in an address are refused, not lost", async () => {
  assert.throws(() => userOn("http://me:secret@127.0.0.1:1"), { code: "bad-url" });
  await using rig = await rigOf(() => ok(""));
  await assert.rejects(rig.http.get("http://me:secret@127.0.0.1:1/"), { code: "bad-url" });
});

test("a Location that names no place, or two, is not followed and is told; the same twice is one", async () => {
  const places: Record<string, string[]> = { "/empty": [""], "/two": ["/a", "/b"], "/twice": ["/a", "/a"] };
  await using rig = await rigOf((head) => {
    const path = head.split(" ")[1] ?? "";
    const lines = places[path]?.map((place) => `Location: ${place}\r\n`).join("");
    return lines === undefined ? ok(path) : `HTTP/1.1 302 Found\r\n${lines}Content-Length: 0\r\n\r\n`;
  });
  assert.equal((await rig.http.get("/twice")).text(), "/a");
  assert.deepEqual(rig.notes, []);
  assert.equal((await rig.http.get("/empty")).status, 302);
  assert.match(rig.notes.pop() ?? "", /without a Location was not followed/);
  assert.equal((await rig.http.get("/two")).status, 302);
  assert.match(rig.notes.pop() ?? "", /"\/a, \/b" was not followed: only those to one place/);
});

test("a header without a value is left out; null takes the place of what all calls carry", async () => {
  await using rig = await rigOf((head) => ok(head));
  const sent = async (headers: Record<string, string | null | undefined>) =>
    (await rig.http.post("/x", { headers, json: 1 })).text().replace(/^Host: .*$/m, "Host");
  const plain = await sent({});
  assert.match(plain, /^Host$/m);
  assert.equal(await sent({ "X-A": undefined, "X-B": null, host: null }), plain);
  assert.equal(await sent({ "X-Gameday-Run": undefined, "content-type": undefined }), plain);
  const without = await sent({ "X-Gameday-Run": null, "content-type": null });
  assert.doesNotMatch(without, /gameday|content-type|null|undefined/i);
});

test("bytes of failed answers are received bytes, and what came in one read took no time to receive", async () => {
  const gzipped = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\nnot zip";
  const chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
  const answers: Record<string, string> = {
    "/500": "HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nsorry",
    "/coded": gzipped,
    "/chunks": chunks,
    "/chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nno",
    "/round": "HTTP/1.1 302 Found\r\nLocation: /round\r\nContent-Length: 4\r\n\r\nmore",
    "/half": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
  };
  await using rig = await rigOf((head) => answers[head.split(" ")[1] ?? ""] ?? "");
  const counted = async (path: string, timeout = "2s") => {
    await rig.http.get(path, { redirects: 1, timeout });
    const deltas = rig.user.scope.registry.take();
    const of = (name: string) => deltas.find(({ metric }) => metric === `${name}{scenario:s}`);
    return [of("data_received")?.sum ?? 0, of("http_req_receiving")?.count ?? 0];
  };
  assert.deepEqual(await counted("/500"), [5, 0]);
  assert.deepEqual(await counted("/coded"), [7, 0]);
  assert.deepEqual(await counted("/chunks"), [2, 0]);
  assert.deepEqual(await counted("/chunk"), [3, 0]);
  assert.deepEqual(await counted("/round"), [8, 0]);
  assert.deepEqual(await counted("/half", "60ms"), [4, 0]);
});
