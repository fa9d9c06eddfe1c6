import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { WebSocket } from "ws";
import { freePort } from "../../std/free-port.fixture.ts";
import { until } from "../../std/wait.ts";
import { firstEpoch } from "../share.ts";
import { WIRE_VERSION } from "./envelope.ts";
import { Gateway } from "./gateway.ts";
import type { LinkListener } from "./link.ts";
import type { FromWorker } from "./protocol.ts";

const TOKEN = "a-token-of-this-test";
/** Never aborted: each wait has a deadline of its own, which begins with the wait and not with the load of this file. */
const { signal } = new AbortController();

const HELLO = { wire: "hello", version: WIRE_VERSION, id: "a", name: "a", running: null, next: 1, heard: 0, lineMs: 0 };
const RUNNING = { runId: "r", load: "this one", seed: "s", worker: "w1", slot: 1, startAtMs: 0, originNs: "0" };
const AT_WORK = { ...RUNNING, epoch: { ...firstEpoch(3), number: 4 }, data: [], exhausted: false, done: false };

interface Scene {
  readonly gateway: Gateway;
  readonly port: number;
  readonly notes: string[];
  /** Sends a hello on a new connection, and waits for the gateway's reaction. */
  readonly say: (hello: object) => Promise<Client>;
}

interface Client {
  readonly socket: WebSocket;
  readonly heard: { readonly wire: string; readonly because?: string; readonly message?: { readonly type: string } }[];
  readonly closed: Promise<void>;
}

async function scene(body: (at: Scene) => Promise<void>): Promise<void> {
  const notes: string[] = [];
  const port = await freePort();
  await using gateway = await Gateway.listen({
    host: "127.0.0.1",
    port,
    token: TOKEN,
    workers: 3,
    load: "this one",
    signal,
    onCheckpoint: () => undefined,
    onNote: (says) => notes.push(says),
  });
  const say = async (hello: object): Promise<Client> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const heard: Client["heard"] = [];
    socket.on("message", (data) => heard.push(JSON.parse(String(data))));
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    await new Promise((resolve) => socket.once("open", resolve));
    const before = notes.length;
    socket.send(JSON.stringify({ ...HELLO, ...hello }));
    const answered = () => notes.length > before || heard.some(({ wire }) => wire === "refused");
    await until(answered, { what: "an answer", deadlineMs: 5_000, everyMs: 5, signal });
    return { socket, heard, closed };
  };
  await body({ gateway, port, notes, say });
}

const because = ({ heard }: Client) => heard.find(({ wire }) => wire === "refused")?.because ?? "";

/** Returns the listener of a coordinator, which only records what it receives. */
function listener(): LinkListener & { readonly messages: FromWorker[]; readonly gone: string[] } {
  const messages: FromWorker[] = [];
  const gone: string[] = [];
  const onGone = (why: string) => void gone.push(why);
  return {
    messages,
    gone,
    onMessage: (message) => messages.push(message),
    onPrint: () => undefined,
    onRows: () => undefined,
    onGone,
  };
}

test("a worker gets the slot that it would like, while that is free", () =>
  scene(async ({ notes, say }) => {
    await say({ id: "1", name: "third", index: 2 });
    await say({ id: "2", name: "third-too", index: 2 });
    await say({ id: "3", name: "any", index: null });
    const slots = notes.map((says) => /worker (\S+) joined \(slot (\d)\)/.exec(says)?.slice(1));
    assert.deepEqual(slots, [
      ["third", "2"],
      ["third-too", "0"],
      ["any", "1"],
    ]);
    assert.match(because(await say({ id: "4" })), /no free place/);
  }));

test("a worker that went before the load began leaves its place to another", () =>
  scene(async ({ notes, say }) => {
    const first = await say({ id: "1", index: 1 });
    first.socket.terminate();
    await until(
      async () => {
        const next = await say({ id: randomUUID(), index: 1 });
        next.socket.terminate();
        return notes.at(-1)?.includes("slot 1");
      },
      { what: "the place to be free", deadlineMs: 5_000, signal },
    );
  }));

test("another version, and the middle of another load, are refused in words", () =>
  scene(async ({ say }) => {
    assert.match(because(await say({ version: 1, id: undefined })), /version \d+ is spoken here, not 1/);
    assert.match(because(await say({ running: { ...AT_WORK, load: "another" } })), /not the one/);
    await say({ id: "1", running: AT_WORK });
    assert.match(because(await say({ id: "2", running: { ...AT_WORK, runId: "other", slot: 2 } })), /not the one/);
  }));

test("a load that has begun is not taken over from outside", () =>
  scene(async ({ gateway, say }) => {
    for (let slot = 0; slot < 3; slot++) gateway.open(listener());
    assert.match(because(await say({ running: AT_WORK })), /not the one/);
  }));

test("a worker at work gets its slot back from one that is new", () =>
  scene(async ({ gateway, notes, say }) => {
    const fresh = await say({ id: "new", index: 1 });
    await say({ id: "old", running: AT_WORK });
    assert.match(notes.at(-1) ?? "", /is back \(slot 1\)/);
    await fresh.closed;
    assert.equal(gateway.atWork, 1);
  }));

test("what a line lost is said again both ways, and nothing twice", () =>
  scene(async ({ gateway, say }) => {
    const first = await say({ id: "1" });
    const heard = listener();
    const link = gateway.open(heard);
    link.send({ type: "setup" });
    link.send({ type: "stop" });
    const tell = (client: Client, number: number) =>
      client.socket.send(JSON.stringify({ wire: "message", number, message: { type: "beat" } }));
    tell(first, 1);
    await until(() => heard.messages.length === 1, { what: "the first", deadlineMs: 5_000, signal });
    first.socket.terminate();
    const again = await say({ id: "1", heard: 1, next: 1 });
    tell(again, 1);
    tell(again, 2);
    await until(() => heard.messages.length === 2, { what: "the second", deadlineMs: 5_000, signal });
    const types = again.heard.flatMap(({ message }) => (message === undefined ? [] : [message.type]));
    assert.deepEqual(types, ["stop"]);
  }));

test("a line that stays cut is given up within 3 s; what its worker did is still taken, and then it is let go", () =>
  scene(async ({ gateway, say }) => {
    const first = await say({ id: "1" });
    const heard = listener();
    const link = gateway.open(heard);
    first.socket.terminate();
    const cutMs = performance.now();
    await until(() => heard.gone.length > 0, { what: "the loss", deadlineMs: 5_000, signal });
    assert.ok(performance.now() - cutMs < 3_500);
    await link.gone;
    const late = await say({ id: "1" });
    late.socket.send(JSON.stringify({ wire: "message", number: 1, message: { type: "beat" } }));
    await until(() => heard.messages.length === 1, { what: "its last words", deadlineMs: 5_000, signal });
    assert.deepEqual(late.heard.find(({ wire }) => wire === "message")?.message, { type: "exit" });
  }));

test("strangers that say half a request, garbage or too much end neither the load nor keep it from ending", async () => {
  const strangers: Socket[] = [];
  await scene(async ({ port, say, notes }) => {
    for (const text of ["", "GET / HTTP/1.1\r\nHo", "\u0000\u0001"]) {
      const stranger = connect(port, "127.0.0.1").on("error", () => undefined);
      stranger.write(text);
      strangers.push(stranger);
    }
    const { socket, closed } = await say({ id: "1" });
    socket.send('{"wire":"message","number":1,"message":{"type":"interval","interval":{}}}');
    await closed;
    await say({ id: "2" });
    assert.equal(notes.length, 2);
  });
  for (const stranger of strangers) stranger.destroy();
});

test("a worker that goes by itself is missed at once", () =>
  scene(async ({ gateway, say }) => {
    const heard = listener();
    const { socket } = await say({ id: "1" });
    gateway.open(heard);
    socket.send(JSON.stringify({ wire: "message", number: 1, message: { type: "beat" } }));
    socket.send(JSON.stringify({ wire: "bye", because: "its pod is evicted" }));
    await until(() => heard.gone.length > 0, { what: "the loss", deadlineMs: 1_500, signal });
    assert.deepEqual(heard.gone, ["its pod is evicted"]);
    assert.equal(heard.messages.length, 1);
  }));

test("a port that somebody else has is told in words", () =>
  scene(async ({ port }) => {
    const options = { host: "127.0.0.1", port, token: TOKEN, workers: 1, load: "", signal };
    const second = Gateway.listen({ ...options, onCheckpoint: () => undefined, onNote: () => undefined });
    await assert.rejects(second, { code: "cannot-listen" });
  }));
