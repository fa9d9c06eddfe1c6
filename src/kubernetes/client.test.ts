/** The port against our own server that answers as the API server does. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { KubernetesApi, KubernetesObject } from "../kubernetes.ts";
import { connectKubernetes } from "./client.ts";
import { demandRights } from "./rights.ts";

interface Asked {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** Answers each request with what `answer` returns for it. */
async function cluster(
  context: TestContext,
  answer: (asked: Asked) => { status: number; body: unknown },
): Promise<{ api: KubernetesApi; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => {
      text += part.toString();
    });
    request.on("end", () => {
      const { method, url, headers } = request;
      const line = `${method} ${url}`;
      const one = { line, authorization: headers.authorization, body: text === "" ? null : JSON.parse(text) };
      asked.push(one);
      const { status, body } = answer(one);
      response.writeHead(status).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "gameday-kubernetes-"));
  const before = process.env["KUBECONFIG"];
  context.after(() => {
    server.close();
    rmSync(folder, { recursive: true });
    process.env["KUBECONFIG"] = before;
    if (before === undefined) delete process.env["KUBECONFIG"];
  });
  const address = server.address();
  // The library uses plain HTTP, as this server does, only for a cluster that may skip TLS.
  const config = {
    "current-context": "here",
    clusters: [
      {
        name: "c",
        cluster: {
          "insecure-skip-tls-verify": true,
          server: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
        },
      },
    ],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "here", context: { cluster: "c", user: "u", namespace: "load" } }],
  };
  process.env["KUBECONFIG"] = join(folder, "config");
  writeFileSync(join(folder, "config"), JSON.stringify(config));
  return { api: await connectKubernetes(undefined), asked };
}

const SECRET: KubernetesObject = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "load" } };

test("creates, lists, reads logs and deletes, each at its path and as the context's user", async (context) => {
  const { api, asked } = await cluster(context, () => ({ status: 200, body: { items: [SECRET] } }));
  assert.equal(api.namespace, "load");
  await api.create(SECRET, { dryRun: true });
  assert.deepEqual(await api.list("Pod", { namespace: "load", labels: "a=b,c=d" }), [SECRET]);
  await api.log("load", "p", 5);
  assert.equal(await api.remove("Job", "load", "j"), true);
  assert.deepEqual(
    asked.map(({ line }) => line),
    [
      "POST /api/v1/namespaces/load/secrets?dryRun=All",
      "GET /api/v1/namespaces/load/pods?limit=500&labelSelector=a%3Db%2Cc%3Dd",
      "GET /api/v1/namespaces/load/pods/p/log?tailLines=5",
      "DELETE /apis/batch/v1/namespaces/load/jobs/j",
    ],
  );
  // Without a propagation policy the server would keep the pods of a Job.
  assert.deepEqual(asked.at(-1)?.body, { propagationPolicy: "Background" });
  assert.ok(asked.every(({ authorization }) => authorization === "Bearer t"));
});

test("a list whose next page the server has forgotten is asked for from its start, once", async (context) => {
  let forgets = 1;
  const { api, asked } = await cluster(context, ({ line }) => {
    if (!line.includes("continue=")) return { status: 200, body: { items: [SECRET], metadata: { continue: "next" } } };
    if (forgets-- > 0) return { status: 410, body: { message: "The provided continue parameter is too old" } };
    return { status: 200, body: { items: [SECRET] } };
  });
  assert.equal((await api.list("Secret", { namespace: "load" })).length, 2);
  assert.equal(asked.length, 4);
  forgets = 2;
  await assert.rejects(api.list("Secret", { namespace: "load" }), { code: "kubernetes-gone", got: /too old/ });
});

test("what is not there is not an error to remove; what is refused tells the verb and the resource", async (context) => {
  const { api } = await cluster(context, ({ line }) =>
    line.startsWith("DELETE")
      ? { status: 404, body: { message: 'jobs.batch "j" not found' } }
      : { status: 403, body: { message: 'secrets is forbidden: User "u" cannot create resource' } },
  );
  assert.equal(await api.remove("Job", "load", "j"), false);
  await assert.rejects(api.create(SECRET), {
    code: "kubernetes-forbidden",
    message: /to create secrets s in namespace load \(context here\), got 403: secrets is forbidden/,
    hint: /verb "create" on resource "secrets"/,
  });
});

test("all rights that are missing are named at once", async (context) => {
  const { api } = await cluster(context, ({ body }) => {
    const { resource } = (body as { spec: { resourceAttributes: { resource: string } } }).spec.resourceAttributes;
    return { status: 201, body: { status: { allowed: resource === "jobs" } } };
  });
  const rights = ["jobs", "secrets", "configmaps"].map((resource) => ({ verb: "create", group: "", resource }));
  await assert.rejects(demandRights(api, "load", rights), /does not allow: create secrets, create configmaps/);
});

test("a context that is not there is said, with those that are", async (context) => {
  await cluster(context, () => ({ status: 200, body: {} }));
  await assert.rejects(connectKubernetes("there"), /no context "there", but here/);
});

test("without any kubeconfig the error says so, instead of naming a server that nobody configured", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-no-kubeconfig-"));
  const before = { HOME: process.env["HOME"], KUBECONFIG: process.env["KUBECONFIG"] };
  context.after(() => {
    rmSync(folder, { recursive: true });
    for (const [name, value] of Object.entries(before)) {
      process.env[name] = value;
      if (value === undefined) delete process.env[name];
    }
  });
  process.env["HOME"] = folder;
  delete process.env["KUBECONFIG"];
  for (const name of [undefined, "production"])
    await assert.rejects(connectKubernetes(name), { code: "kubernetes-config", got: /^none, and no service account/ });
});
