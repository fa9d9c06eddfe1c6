/** The client against a fake API server that plays the trouble of bad days. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { KubeConfig } from "@kubernetes/client-node";
import { FakeApiServer } from "../../test/fake-kubernetes/server.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { until } from "../std/wait.ts";
import { ClusterLogin } from "./cluster-login.ts";
import { execInContainer } from "./exec.ts";
import { Requests } from "./requests.ts";
import { watchObjects } from "./watch.ts";

const SIGNAL = new AbortController().signal;
const PODS = { verb: "list", kind: "Pod", namespace: "shop" } as const;
const IN = { namespace: "shop", pod: "pg-0", container: "postgres" };

async function fakeServer(context: TestContext): Promise<FakeApiServer> {
  const fake = await FakeApiServer.start();
  context.after(() => fake[Symbol.asyncDispose]());
  return fake;
}

function loginAt(fake: FakeApiServer, user: () => object = () => ({ token: "token-1" })): Promise<ClusterLogin> {
  return ClusterLogin.open(async () => {
    const config = new KubeConfig();
    config.loadFromString(JSON.stringify(fake.kubeconfig(user())));
    return config;
  });
}

function podNamed(name: string, labels: Record<string, string> = {}): KubernetesObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "shop", labels } };
}

interface Seen {
  readonly fake: FakeApiServer;
  /** "ADDED a", in order. */
  readonly events: string[];
  readonly gaps: string[];
  sees(type: string, name: string): Promise<unknown>;
}

/** Watches the pods of the fake until the test ends. */
async function watched(context: TestContext, silenceMs?: number): Promise<Seen> {
  const fake = await fakeServer(context);
  for (const name of ["a", "b", "same"]) fake.store.put(podNamed(name));
  const login = await loginAt(fake);
  const [events, gaps]: [string[], string[]] = [[], []];
  const source = { login, requests: new Requests(login), nowMs: () => performance.now(), pauseMs: 5 };
  const end = new AbortController();
  const watching = watchObjects(
    silenceMs === undefined ? source : { ...source, silenceMs },
    { kind: "Pod", where: { namespace: "shop" } },
    {
      onEvent: ({ type, object }) => events.push(`${type} ${object.metadata.name}`),
      onGap: ({ because }) => gaps.push(because),
    },
    end.signal,
  );
  context.after(async () => {
    end.abort();
    await watching;
  });
  await until(() => fake.watches === 1, { what: "a watch", deadlineMs: 5_000, everyMs: 2, signal: SIGNAL });
  const sees = (type: string, name: string) => {
    const what = `${type} ${name}`;
    return until(() => events.includes(what), {
      what,
      deadlineMs: 5_000,
      everyMs: 2,
      signal: SIGNAL,
      seen: () => `${events}`,
    });
  };
  return { fake, events, gaps, sees };
}

test("410 Gone: the differences are reported once, with the gap, and nothing is invented", async (context) => {
  const { fake, events, gaps, sees } = await watched(context);
  const [b] = fake.store.list("/api/v1/namespaces/shop/pods").filter(({ metadata }) => metadata.name === "b");
  assert.ok(b);
  events.length = 0;
  await fake.away();
  fake.store.put(podNamed("a", { changed: "yes" }));
  fake.store.remove(fake.store.pathOf(b));
  fake.store.put(podNamed("c"));
  fake.compact();
  await fake.back();
  await sees("DELETED", "b");
  assert.deepEqual(events.toSorted(), ["ADDED c", "DELETED b", "MODIFIED a"]);
  await until(() => gaps.length > 0, { what: "the gap", deadlineMs: 5_000, everyMs: 2, signal: SIGNAL });
  assert.equal(gaps.length, 1);
});

test("a watch that breaks goes on where it stopped, so that even what came and went meanwhile is seen", async (context) => {
  const { fake, events, gaps, sees } = await watched(context);
  events.length = 0;
  await fake.away();
  const path = fake.store.pathOf(fake.store.put(podNamed("short-lived")));
  fake.store.remove(path);
  await fake.back();
  await sees("DELETED", "short-lived");
  assert.deepEqual(events, ["ADDED short-lived", "DELETED short-lived"]);
  assert.equal(gaps.length, 1, "what was seen late has a late stamp, which the gap says");
});

test("a watch at the end of its time goes on without a gap and without a new list", async (context) => {
  const { fake, events, gaps, sees } = await watched(context);
  const lists = () => fake.asked.filter((line) => !line.includes("watch=true")).length;
  fake.store.put(podNamed("first"));
  await sees("ADDED", "first");
  events.length = 0;
  fake.endWatches("politely");
  fake.store.put(podNamed("second"));
  await sees("ADDED", "second");
  assert.deepEqual(events, ["ADDED second"]);
  assert.deepEqual(gaps, []);
  assert.equal(lists(), 1);
});

test("a watch without bytes is given up, and its silence is a gap", async (context) => {
  const { fake, gaps, sees } = await watched(context, 60);
  fake.mute(true);
  fake.store.put(podNamed("unheard"));
  await until(() => fake.watches === 0, {
    what: "the watch to be given up",
    deadlineMs: 5_000,
    everyMs: 2,
    signal: SIGNAL,
  });
  fake.mute(false);
  await sees("ADDED", "unheard");
  await until(() => gaps.length > 0, { what: "the gap", deadlineMs: 5_000, everyMs: 2, signal: SIGNAL });
  assert.match(gaps[0] ?? "", /timeout/);
});

test("a server that asks to come back later is asked again, and an explanation without a time is final", async (context) => {
  const fake = await fakeServer(context);
  const requests = new Requests(await loginAt(fake));
  let busy = 2;
  fake.trouble = () => (busy-- > 0 ? { status: 429, headers: { "retry-after": "0" } } : null);
  await requests.ask(PODS, "GET");
  assert.equal(fake.asked.length, 3);
  fake.trouble = () => ({ status: 429, message: "The disruption budget shop needs 2 healthy pods" });
  await assert.rejects(requests.ask(PODS, "GET"), {
    code: "kubernetes-too-many-requests",
    got: /needs 2 healthy pods/,
  });
  assert.equal(fake.asked.length, 4);
  fake.trouble = () => ({ status: 429, headers: { "retry-after": "60" }, message: "too busy" });
  await assert.rejects(requests.ask(PODS, "GET"), { code: "kubernetes-too-many-requests", got: "429: too busy" });
  fake.asked.length = 4; // a pause beyond the deadline is not begun
  fake.trouble = () => ({ status: 429, headers: { "retry-after": "0" } });
  await assert.rejects(requests.ask(PODS, "GET", { asksAgain: false }), { code: "kubernetes-too-many-requests" });
  assert.equal(fake.asked.length, 5, "a refusal that is evidence is passed on");
  await assert.rejects(requests.ask(PODS, "GET"), { code: "kubernetes-too-many-requests" });
  assert.equal(fake.asked.length, 15, "ten attempts, and no more");
});

test("a token that was replaced in its file is read again after a 401", async (context) => {
  const fake = await fakeServer(context);
  const folder = mkdtempSync(join(tmpdir(), "gameday-token-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "token-1");
  const requests = new Requests(
    await loginAt(fake, () => ({ "auth-provider": { name: "tokenFile", config: { tokenFile } } })),
  );
  await requests.ask(PODS, "GET");
  fake.tokens.clear();
  fake.tokens.add("token-2");
  writeFileSync(tokenFile, "token-2");
  await requests.ask(PODS, "GET");
  assert.equal(fake.asked.length, 3);
});

test("an exec plugin is asked again after a 401, and not for each request of a login that is refused for good", async (context) => {
  const fake = await fakeServer(context);
  const folder = mkdtempSync(join(tmpdir(), "gameday-plugin-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const calls = join(folder, "calls");
  // Prints token-1 at the first call, token-2 at the second, and so on.
  const credential = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-'$(wc -l < ${calls})'"}}`;
  const script = `echo call >> ${calls}; printf '${credential}'`;
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sh", args: ["-c", script] };
  const requests = new Requests(await loginAt(fake, () => ({ exec })));
  await requests.ask(PODS, "GET");
  fake.tokens.clear();
  fake.tokens.add("token-2");
  await requests.ask(PODS, "GET");
  fake.tokens.clear();
  for (let time = 0; time < 3; time++)
    await assert.rejects(requests.ask(PODS, "GET"), { code: "kubernetes-unauthorized", got: "401: Unauthorized" });
  assert.ok(fake.asked.length <= 7, `${fake.asked.length} requests`);
});

test("a server that is away is an error that says so, and is asked again when it is back", async (context) => {
  const fake = await fakeServer(context);
  const requests = new Requests(await loginAt(fake));
  await fake.away();
  await assert.rejects(requests.ask(PODS, "GET"), { code: "kubernetes-unreachable", got: /ECONNREFUSED/ });
  await fake.back();
  await requests.ask(PODS, "GET");
});

test("an exec whose connection is lost, or that is never heard of again, is an error and no success", async (context) => {
  const fake = await fakeServer(context);
  const login = await loginAt(fake);
  const exec = (deadlineMs: number) =>
    execInContainer(login, IN, ["nft", "-f", "-"], { options: { deadlineMs }, signal: SIGNAL });
  fake.onExec = () => ({ code: 3, stdout: "said" });
  assert.deepEqual(await exec(5_000), { code: 3, stdout: "said", stderr: "" });
  fake.onExec = () => "lost";
  await assert.rejects(exec(5_000), { code: "kubernetes-exec", got: /closed \(1006\) before an exit code came/ });
  fake.onExec = () => "silent";
  await assert.rejects(exec(50), { code: "kubernetes-exec", got: "no end in 0.05 s" });
});

test("an exec logs in again after a 401, and repeats what the server says against it", async (context) => {
  const fake = await fakeServer(context);
  let token = "token-1";
  const login = await loginAt(fake, () => ({ token }));
  const exec = () => execInContainer(login, IN, ["true"], { options: { deadlineMs: 5_000 }, signal: SIGNAL });
  fake.tokens.clear();
  fake.tokens.add("token-2");
  token = "token-2";
  assert.equal((await exec()).code, 0);
  fake.trouble = () => ({ status: 403, message: 'User "u" cannot create resource "pods/exec"' });
  await assert.rejects(exec(), { code: "kubernetes-exec", got: '403: User "u" cannot create resource "pods/exec"' });
});
