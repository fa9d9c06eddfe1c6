import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { networkWith } from "../http/network.ts";
import { rigOf } from "../http/session.fixture.ts";
import { localPorts, portsInTurn } from "./local-ports.ts";

test("each port is taken once before one comes back", () => {
  const next = portsInTurn(10, 13, 0.5);
  assert.deepEqual([next(), next(), next(), next(), next()], [12, 13, 10, 11, 12]);
  assert.equal(portsInTurn(10, 13, 1)(), 10);
});

test("they lie below the kernel's own ports, and nothing is chosen where these are unknown or leave too few", () => {
  const next = localPorts(0, () => "32768\t60999\n");
  assert.equal(next?.(), 10_000);
  assert.equal(localPorts(0.999_99, () => "32768\t60999\n")?.(), 32_767);
  assert.equal(
    localPorts(0, () => "1024\t65535\n"),
    null,
  );
  assert.equal(
    localPorts(0, () => {
      throw new Error("no such file");
    }),
    null,
  );
});

test("a connection passes over a port that somebody else listens on", async () => {
  const seen: number[] = [];
  await using rig = await rigOf((request, response) => {
    seen.push(request.socket.remotePort ?? 0);
    response.end("ok");
  });
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const localPort = portsInTurn(port, port + 20, 0);
  const session = rig.session({ network: networkWith({ localPort }), freshConnections: true });
  assert.equal((await session.get("/")).status, 200);
  assert.ok((seen[0] ?? 0) > port && (seen[0] ?? 0) <= port + 20, `${seen[0]}, after ${port}`);
  taken.close();
});
