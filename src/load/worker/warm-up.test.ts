import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { userOn } from "../user/user.fixture.ts";
import { warmUp } from "./warm-up.ts";

test("warming up reaches no platform, counts nothing and says nothing", async () => {
  let reached = 0;
  const platform = createServer((socket) => {
    reached++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => platform.listen(0, "127.0.0.1", resolve));
  const { port } = platform.address() as { port: number };
  const { world, counted, notes, operations } = userOn(`http://127.0.0.1:${port}`);
  let opened = 0;
  const { outgoing } = world.session.network;
  const send = outgoing.send.bind(outgoing);
  outgoing.send = (writer, nowMs) => {
    opened++;
    send(writer, nowMs);
  };
  await warmUp(world);
  assert.ok(opened > 0, "it worked at all");
  assert.deepEqual(
    { reached, counted: counted(), notes, operations },
    { reached: 0, counted: {}, notes: [], operations: [] },
  );
  await new Promise((resolve) => platform.close(resolve));
});
