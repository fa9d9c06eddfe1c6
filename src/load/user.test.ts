import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { MetricRegistry, SERIES_MAX } from "./count/metrics.ts";
import { Scope } from "./count/scope.ts";
import { userOn } from "./user/user.fixture.ts";

test("groups side by side: each call belongs to the group that makes it", async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    ask();
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { user, counted } = userOn(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const one = user.group("one", async () => {
    await asked; // the other group is in the middle of its call
    await user.http.get("/1");
  });
  const two = user.group("two", () => user.group("inner", () => user.http.get("/2")));
  await Promise.all([one, two]);
  await user.http.get("/3");
  assert.deepEqual(
    Object.keys(counted()).filter((metric) => metric.startsWith("http_req_duration")),
    [
      "http_req_duration{group:two%3A%3Ainner,name:GET /2,scenario:s}",
      "http_req_duration{group:one,name:GET /1,scenario:s}",
      "http_req_duration{name:GET /3,scenario:s}",
    ].map((metric) => metric.replace("two%3A%3Ainner", "two::inner")),
  );
  user.close();
  server.close();
});

test("a metric that cannot be counted is told with its line, and spoils no other", () => {
  const { user, counted, notes } = userOn("http://127.0.0.1:1");
  user.trend("size", 5);
  user.counter("size");
  user.counter("size", Number.NaN);
  user.gauge("two words", 1);
  user.trend("http_req_duration", 5);
  user.rate(undefined as unknown as string, true);
  assert.deepEqual(counted(), { "size{scenario:s}": [1, 0] });
  for (const [index, says] of [
    /"size" is of another kind/,
    /"size" was given NaN/,
    /"two words" needs a name/,
    /"http_req_duration" is the engine's own/,
    /nothing needs a name/,
  ].entries())
    assert.match(notes[index] ?? "", says);
  assert.equal(notes.length, 5);
});

test("what the end of a user cuts off is counted apart, on the wire or waiting, and nothing after it is", async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { user, counted } = userOn(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const calls = Array.from({ length: 9 }, () =>
    user.http.get("/x", { name: "x" }).catch((thrown: Error) => thrown.name),
  );
  user.abort();
  const replies = await Promise.all(calls);
  assert.equal(replies.filter((reply) => reply === "UserStopped").length, 3, "those that waited for a connection");
  user.check("is 200", false);
  user.counter("refused");
  user.rate("fine", false);
  await assert.rejects(user.http.get("/y"), { name: "UserStopped" });
  assert.deepEqual(counted(), { "http_req_interrupted{name:x,scenario:s}": [9, 0] });
  server.close();
});

test("what a user does to its env is its own", () => {
  const { user, world } = userOn("http://127.0.0.1:1");
  user.env["KEY"] = "changed";
  assert.deepEqual([user.env, world.env], [{ KEY: "changed" }, {}]);
});

test("names without end fill no memory: requests become (other), a script's own metrics end", () => {
  let full = 0;
  const registry = new MetricRegistry(() => full++);
  const scope = new Scope(registry, { scenario: "s" }, false);
  for (let number = 0; number < SERIES_MAX * 3; number++) {
    scope.custom(`own_${number}`, "", false, "counter").record(1);
    scope.check(`check ${number}`).record(1);
    scope.group(`group ${number}`).named(`request ${number}`, undefined).passed.record(1);
  }
  const told = registry.take();
  assert.ok(told.length < SERIES_MAX + 20, `${told.length} series`);
  const other = told.filter(({ metric }) => metric.includes("(other)")).map(({ metric }) => metric);
  assert.deepEqual(other.sort(), ["checks{name:(other)}", "http_req_duration{name:(other)}"]);
  assert.ok(full > 0);
});
