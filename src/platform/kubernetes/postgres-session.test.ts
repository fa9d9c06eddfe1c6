import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import type { Doors } from "./doors.ts";
import { configOf, podOf } from "./kubernetes.fixture.ts";
import { withPostgres } from "./postgres-session.ts";

/** The first eight bytes of a client that wants TLS. */
const TLS_WANTED = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Refuses every login with this code, answers a wish for TLS with "no", and records what each connection began with. */
async function refusing(context: TestContext, code: string): Promise<{ doors: Doors; began: string[] }> {
  const began: string[] = [];
  const fields = Buffer.from(`SFATAL\0C${code}\0Mno pg_hba.conf entry, no encryption\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (data) => {
      const wantsTls = data.subarray(0, 8).equals(TLS_WANTED);
      began.push(wantsTls ? "TLS" : "plain");
      socket.end(wantsTls ? "N" : Buffer.concat([Buffer.from("E"), length, fields]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  return { doors: { port: async () => (server.address() as AddressInfo).port } as unknown as Doors, began };
}

async function connect(doors: Doors) {
  const config = configOf().postgres;
  assert.ok(config);
  const target = { pod: podOf("pg-0", "worker-1"), config: { ...config, user: "shop", password: "secret" } };
  await withPostgres(doors, target, new AbortController().signal, async () => assert.fail("nobody is let in"));
}

test("a server that lets nobody in without TLS is tried again over TLS", async (context) => {
  const { doors, began } = await refusing(context, "28000");
  await assert.rejects(connect(doors), /does not support SSL/);
  assert.deepEqual(began, ["plain", "TLS"]);
});

test("a wrong password is not sent a second time", async (context) => {
  const { doors, began } = await refusing(context, "28P01");
  await assert.rejects(connect(doors), { code: "28P01" });
  assert.deepEqual(began, ["plain"]);
});
