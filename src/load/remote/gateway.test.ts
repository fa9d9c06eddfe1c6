import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { WebSocket } from "ws";
import { until } from "../../std/wait.ts";
import { Gateway } from "./gateway.ts";
import { WIRE_VERSION } from "./wire.ts";

const TOKEN = "a-token-of-this-test";
const signal = AbortSignal.timeout(10_000);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

test("a worker gets the slot that it would like, while that is free", async () => {
  const notes: string[] = [];
  const port = await freePort();
  const onNote = (says: string) => notes.push(says);
  const options = { host: "127.0.0.1", port, token: TOKEN, workers: 3, signal, onCheckpoint: () => undefined, onNote };
  await using _gateway = await Gateway.listen(options);
  const hello = async (name: string, index: number | null) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(JSON.stringify({ wire: "hello", version: WIRE_VERSION, name, index, running: null, next: 1 }));
    await until(() => notes.some((says) => says.includes(name)), {
      what: `${name} to join`,
      deadlineMs: 5_000,
      signal,
    });
  };
  await hello("third", 2);
  await hello("third-too", 2);
  await hello("any", null);
  const slots = notes.map((says) => /worker (\S+) joined \(slot (\d)\)/.exec(says)?.slice(1));
  assert.deepEqual(slots, [
    ["third", "2"],
    ["third-too", "0"],
    ["any", "1"],
  ]);
});
