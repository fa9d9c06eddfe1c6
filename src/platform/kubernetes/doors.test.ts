import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { test } from "node:test";
import type { ClusterApi } from "../../kubernetes.ts";
import { Doors } from "./doors.ts";
import { podOf } from "./kubernetes.fixture.ts";

/** A server that answers AUTH as told, and every other command only on a connection that has logged in. */
async function fakeRedis(answers: string[]): Promise<{ server: Server; port: number; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    let isIn = false;
    socket.on("data", (data) => {
      const isLogin = data.toString().includes("AUTH");
      const answer = isLogin ? (answers.shift() ?? "+OK") : isIn ? "+PONG" : "-NOAUTH Authentication required.";
      isIn ||= isLogin && answer === "+OK";
      socket.write(`${answer}\r\n`);
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { server, port: address.port, connections: () => connections };
}

test("a connection whose login failed is not kept: the next command logs in anew", async (context) => {
  const redis = await fakeRedis(["-WRONGPASS invalid password", "+OK"]);
  context.after(() => redis.server.close());
  const forward = async () => ({ port: redis.port, [Symbol.asyncDispose]: async () => undefined });
  await using doors = new Doors({ forward } as unknown as ClusterApi);
  const where = { pod: podOf("redis-0", "worker-1"), port: 6379, login: ["secret"] };
  const signal = AbortSignal.timeout(5_000);
  await assert.rejects(doors.redis(where, ["PING"], signal), /WRONGPASS/);
  assert.equal(await doors.redis(where, ["PING"], signal), "PONG");
  assert.equal(await doors.redis(where, ["PING"], signal), "PONG");
  assert.equal(redis.connections(), 2, "the one that may log in is kept");
});
