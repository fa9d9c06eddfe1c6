/**
 * `npm run prove:job -- --image NAME [--host ADDRESS] [--namespace NAME] [--cluster TOOL] [SCENE...]`: runs loads whose workers
 * are an Indexed Job on the cluster of KUBECONFIG: undisturbed, with lost pods and nodes, with everything that may be
 * misconfigured, and with a coordinator that is killed. Adds one row each to docs/track-record/job.json. The namespace must exist
 * and be empty. TOOL cuts a node's power (`TOOL node-stop NAME`) and provides kubectl (`TOOL kubectl`). Takes 6 min.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connectKubernetes } from "../src/kubernetes/client.ts";
import { exec } from "../src/std/exec.ts";
import { pause, until } from "../src/std/wait.ts";
import {
  asToken,
  CountingServer,
  JobLoad,
  type JobScene,
  leftIn,
  lossesIn,
  podOf,
  podsOf,
} from "../test/proofs/job.ts";
import { addRow, commit, type Row, readRecord } from "./track-record.ts";

const FILE = "docs/track-record/job.json";
const signal = new AbortController().signal;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    image: { type: "string", default: "localhost/gameday:0.1.0" },
    host: { type: "string", default: "10.77.0.1" },
    namespace: { type: "string", default: "load" },
    cluster: { type: "string", default: process.env["GAMEDAY_CLUSTER"] ?? "cluster" },
  },
});
const scene: JobScene = { api: await connectKubernetes(undefined), ...flags };
const tool = (...args: string[]) => exec([flags.cluster, ...args], { deadlineMs: 60_000 });
const kubectl = (...args: string[]) => tool("kubectl", "-n", flags.namespace, ...args);

interface Found {
  readonly exitCode: number | null;
  /** The message for people, where the scene is about that message. */
  readonly says?: string;
  readonly [figure: string]: unknown;
}

interface JobRow extends Row, Found {
  readonly scene: string;
  readonly good: boolean;
  readonly left: readonly string[];
}

type Scene = (server: CountingServer) => Promise<Found & { readonly good: boolean }>;

const complaintIn = (text: string) => /gameday: expected .*/.exec(text)?.[0] ?? "";

async function whole(server: CountingServer) {
  using load = new JobLoad(scene, server, ["-d", "8s"]);
  const exitCode = await load.ended;
  const slots = [...load.text.matchAll(/-(\d)\/\d+ joined \(slot (\d)\)/g)];
  const [requests, counted] = [load.summaryRequests, server.count];
  const good =
    exitCode === 0 && requests === counted && slots.length === 4 && slots.every(([, pod, slot]) => pod === slot);
  return { good, exitCode, requests, counted };
}

/** Runs a load and lets `lose` take one of its workers while it runs. */
async function lossy(server: CountingServer, lose: (load: JobLoad) => Promise<void>) {
  using load = new JobLoad(scene, server, ["-d", "20s"]);
  await load.says(/slot 3\)/);
  await until(() => server.count > 300, { what: "the load to run", deadlineMs: 30_000, signal });
  await lose(load);
  const exitCode = await load.ended;
  const losses = lossesIn(load);
  const [loss] = losses;
  const [requests, counted] = [load.summaryRequests, server.count];
  const good =
    exitCode === 0 &&
    losses.length > 0 &&
    losses.every(({ noticedMs, replacedMs }) => noticedMs < 3_000 && replacedMs !== null && replacedMs < 5_000) &&
    requests <= counted;
  return {
    good,
    exitCode,
    requests,
    counted,
    lost: losses.map(({ worker }) => worker),
    ...loss,
    says: loss?.because ?? "",
  };
}

/** Runs a load that cannot begin and must report why. */
async function hopeless(server: CountingServer, given: readonly string[], wanted: RegExp, environment = {}) {
  using load = new JobLoad(scene, server, ["-d", "8s", ...given], environment);
  const beganMs = performance.now();
  const exitCode = await load.ended;
  const says = complaintIn(load.text);
  const good = exitCode === 4 && wanted.test(load.text) && server.count === 0;
  return { good, exitCode, toldAfterMs: Math.round(performance.now() - beganMs), says };
}

async function ofInterrupt(server: CountingServer, name: NodeJS.Signals, requestsMin: number) {
  using load = new JobLoad(scene, server, ["-d", "60s"]);
  await load.says(/made Job/);
  await until(() => server.count >= requestsMin, { what: "the load to run", deadlineMs: 30_000, signal });
  load.child.kill(name);
  const exitCode = await load.ended;
  const counted = server.count;
  const requests = counted === 0 ? 0 : load.summaryRequests;
  return { good: exitCode === 2 && requests === counted, exitCode, requests, counted };
}

/**
 * Kills the coordinator. No process cleans up: the workers end by themselves, and Kubernetes deletes the Job with all that
 * belongs to it.
 */
async function killed(server: CountingServer) {
  using load = new JobLoad(scene, server, ["-d", "120s"]);
  await load.says(/slot 3\)/);
  await until(() => server.count > 300, { what: "the load to run", deadlineMs: 30_000, signal });
  load.child.kill("SIGKILL");
  await once(load.child, "exit");
  const killedMs = performance.now();
  const since = () => Math.round(performance.now() - killedMs);
  let [seen, loadEndedMs] = [server.count, 0];
  const over = async () => {
    if (server.count > seen) [seen, loadEndedMs] = [server.count, since()];
    return (await podsOf(scene)).every(({ status }) => /Succeeded|Failed/.test(status?.phase ?? ""));
  };
  await until(over, { what: "pods to end", deadlineMs: 30_000, everyMs: 250, signal });
  const podsEndedMs = since();
  const none = async () => (await leftIn(scene)).length === 0;
  await until(none, { what: "the Job to go", deadlineMs: 120_000, everyMs: 500, signal });
  return { good: podsEndedMs < 20_000, exitCode: null, loadEndedMs, podsEndedMs, goneMs: since() };
}

async function takenOver(server: CountingServer) {
  const token = ["--token", "a-token-of-this-proof"];
  using first = new JobLoad(scene, server, ["-d", "60s", ...token]);
  await until(() => server.count > 300, { what: "the load to run", deadlineMs: 60_000, signal });
  const { runId } = first;
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  const kept = first.requests;
  using second = new JobLoad(scene, server, ["-d", "60s", ...token]);
  await second.says(/is back[\s\S]*is back[\s\S]*is back[\s\S]*is back/);
  const before = server.count;
  await until(() => server.count > before + 500, { what: "the load to go on", deadlineMs: 30_000, signal });
  second.child.kill("SIGINT");
  const exitCode = await second.ended;
  const [requests, counted] = [kept + second.requests, server.count];
  const good =
    exitCode === 2 && requests === counted && second.text.includes(`removed Job ${flags.namespace}/gameday-${runId}`);
  return { good, exitCode, requests, counted };
}

async function validated(server: CountingServer) {
  using load = new JobLoad(scene, server, ["-d", "8s", "--manifest"]);
  const exitCode = await load.ended;
  const file = join(load.folder, "manifests.yaml");
  writeFileSync(file, load.text);
  const { stdout, stderr } = await kubectl("apply", "--dry-run=server", "-f", file);
  return {
    good: exitCode === 0 && stdout.trim().split("\n").length === 3 && stderr === "",
    exitCode,
    says: stdout.trim(),
  };
}

async function withoutRights(server: CountingServer) {
  const folder = mkdtempSync(join(tmpdir(), "gameday-rights-"));
  try {
    const token = (await kubectl("create", "token", "default")).stdout.trim();
    const config = join(folder, "config");
    writeFileSync(config, asToken(process.env["KUBECONFIG"] ?? "", token), { mode: 0o600 });
    return await hopeless(server, [], /create jobs\.batch, create secrets.* list pods/, { KUBECONFIG: config });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withQuota(server: CountingServer) {
  await kubectl("create", "quota", "prove-job", "--hard=pods=2");
  try {
    return await hopeless(server, [], /exceeded quota: prove-job/);
  } finally {
    await kubectl("delete", "quota", "prove-job");
  }
}

async function withoutNode(server: CountingServer) {
  let node = "";
  try {
    const found = await lossy(server, async () => {
      node = (await podOf(scene, 1)).spec?.nodeName ?? "";
      await tool("node-stop", node);
    });
    return { ...found, node };
  } finally {
    await tool("node-start", node);
    await kubectl("wait", "--for=condition=Ready", `node/${node}`, "--timeout=50s");
  }
}

const SCENES: Readonly<Record<string, Scene>> = {
  "validated by the API server": validated,
  whole,
  "pod deleted": (server) =>
    lossy(server, async () => {
      await scene.api.remove("Pod", flags.namespace, (await podOf(scene, 1)).metadata.name, { graceSeconds: 0 });
    }),
  "node power cut": withoutNode,
  "wrong image": (server) => hopeless(server, ["--image", "localhost/not-there:1"], /ErrImagePull|ImagePullBackOff/),
  "no room": (server) =>
    hopeless(server, ["--worker-cpu", "64", "--join-within", "8s"], /Unschedulable: .*Insufficient cpu/),
  "out of memory": (server) => hopeless(server, ["--worker-memory", "6Mi"], /OOMKilled|exit code 1\d\d|StartError/),
  "not reachable": (server) =>
    hopeless(server, ["--advertise", `${flags.host}:7071`], /\| gameday: expected a coordinator at/),
  "no rights": withoutRights,
  quota: withQuota,
  "SIGTERM while it waits": (server) => ofInterrupt(server, "SIGTERM", 0),
  "SIGINT in the load": (server) => ofInterrupt(server, "SIGINT", 300),
  "coordinator killed": killed,
  "coordinator killed and started again": takenOver,
};

let record = readRecord<JobRow>(FILE, "workers as an Indexed Job on Kubernetes", "npm run prove:job");
/** A failed attempt stays in the table; the newest row of a scene counts. */
const isGood = (name: string) => record.rows.findLast((row) => row.scene === name)?.good === true;
const names = positionals.length > 0 ? positionals : Object.keys(SCENES).filter((name) => !isGood(name));
for (const name of names) {
  const play = SCENES[name];
  if (play === undefined) throw new Error(`expected one of ${Object.keys(SCENES).join(", ")}, got ${name}`);
  const before = await leftIn(scene);
  if (before.length > 0) throw new Error(`expected an empty namespace, got ${before.join(", ")}`);
  await using server = await CountingServer.on(flags.host);
  const { good, ...found } = await play(server);
  await pause(500, signal); // A controller may act late.
  const left = await leftIn(scene);
  const row: JobRow = {
    command: `npm run prove:job -- '${name}'`,
    commit: commit(),
    seed: "none",
    date: new Date().toISOString().slice(0, 19),
    scene: name,
    good: good && left.length === 0,
    ...found,
    left,
  };
  record = addRow(FILE, record, row);
  console.log(`${row.good ? "good" : "BAD "} ${name}: ${JSON.stringify({ ...found, left })}`);
}
process.exitCode = Object.keys(SCENES).every(isGood) ? 0 : 1;
