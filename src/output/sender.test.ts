import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeReceiver } from "./receiver.fixture.ts";
import { type QueuedRequest, Sender } from "./sender.ts";

const soon = () => AbortSignal.timeout(20_000);

function message(url: string, body = "{}"): QueuedRequest {
  return { method: "POST", url, headers: { authorization: "Bearer s3cret" }, body };
}

test("messages arrive in order, and nothing is lost", async (context) => {
  const receiver = await fakeReceiver(context);
  const sender = new Sender();
  for (const body of ["1", "2", "3"]) sender.send(() => message(receiver.url, body));
  await sender.idle(soon());
  assert.deepEqual(
    receiver.received.map(({ body }) => body),
    ["1", "2", "3"],
  );
  assert.equal(sender.losses, null);
});

test("a receiver that never answers costs its deadline, and the queue stays within its bound", async (context) => {
  const receiver = await fakeReceiver(context, () => ({ status: null }));
  const sender = new Sender({ deadlineMs: 20, queueMax: 2 });
  for (let sent = 0; sent < 10; sent++) sender.send(() => message(receiver.url));
  assert.match(sender.losses ?? "", /^7 of 10 messages .* the queue was full/);
  await sender.idle(soon());
  assert.match(sender.losses ?? "", /^10 of 10 messages were not delivered \(the last one: no answer in time\)/);
});

test("for a dead receiver the reason is reported, without its URL and headers", async (context) => {
  const receiver = await fakeReceiver(context);
  const port = Number(new URL(receiver.url).port);
  const sender = new Sender({ deadlineMs: 2_000 });
  sender.send(() => message(`http://127.0.0.1:${port === 1 ? 2 : 1}/services/T0/s3cret`));
  sender.send(() => message("http://bad host/s3cret"));
  await sender.idle(soon());
  assert.match(sender.losses ?? "", /^2 of 2 messages/);
  assert.doesNotMatch(sender.losses ?? "", /s3cret|127\.0\.0\.1/);
});

test("an error is retried if that is configured, and a redirect is not followed", async (context) => {
  const receiver = await fakeReceiver(context, (message) =>
    message === 1
      ? { status: 503 }
      : message === 2
        ? { status: 200 }
        : { status: 302, headers: { location: "/elsewhere" } },
  );
  const sender = new Sender({ attempts: 2 });
  sender.send(() => message(receiver.url));
  await sender.idle(soon());
  assert.equal(sender.losses, null);
  const once = new Sender();
  once.send(() => message(receiver.url));
  await once.idle(soon());
  assert.match(once.losses ?? "", /answered 302/);
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ["/", "/", "/"],
  );
});

test("the end of the run cancels what is being sent, and counts it", async (context) => {
  const receiver = await fakeReceiver(context, () => ({ status: null }));
  const sender = new Sender();
  sender.send(() => message(receiver.url));
  sender.send(() => message(receiver.url));
  await receiver.arrived(1);
  sender.close();
  await sender.idle(soon());
  sender.send(() => message(receiver.url));
  assert.match(sender.losses ?? "", /^3 of 3 .*the run was over/);
});

test("only the beginning of an endless answer is read", async (context) => {
  const receiver = await fakeReceiver(context, () => ({ status: 200, body: "x".repeat(5 << 20) }));
  const sender = new Sender();
  let answer = "";
  sender.send(
    () => message(receiver.url),
    (text) => {
      answer = text;
    },
  );
  await sender.idle(soon());
  assert.ok(answer.length > 0 && answer.length < 1 << 20, String(answer.length));
});
