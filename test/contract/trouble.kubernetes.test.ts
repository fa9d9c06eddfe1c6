/**
 * Faults on Kubernetes while the API server, a node or a connection fails in the middle, on a fake API server: either the fault is seen
 * through to its end, or its end is unknown with the reason, and the journal keeps what may still be in force.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { planFault } from "../../src/fault/choice.ts";
import { type Injection, inject } from "../../src/fault/injection.ts";
import { faultKind } from "../../src/fault.ts";
import { readJournal } from "../../src/journal/read.ts";
import { JournalFile } from "../../src/journal/write.ts";
import { connectKubernetes } from "../../src/kubernetes/client.ts";
import { configOf, nodeOf, podOf } from "../../src/platform/kubernetes/kubernetes.fixture.ts";
import { CORDONED_BY } from "../../src/platform/kubernetes/marks.ts";
import { KubernetesPlatform } from "../../src/platform/kubernetes/platform.ts";
import type { CapabilityName } from "../../src/platform.ts";
import { monotonicClock } from "../../src/std/clock.ts";
import { seededRandom } from "../../src/std/random.ts";
import { until } from "../../src/std/wait.ts";
import type { TimelineEvent } from "../../src/timeline.ts";
import { FakeApiServer } from "../fake-kubernetes/server.ts";

const SIGNAL = new AbortController().signal;
const NODE = "/api/v1/nodes/worker-1";

const kindOf = (capability: CapabilityName, parameters: object) =>
  faultKind({
    name: `only-${capability}`,
    says: "One change of one capability.",
    needs: [capability],
    defaultSelector: { role: capability === "cordon" ? "node" : "app" },
    parameters: {},
    traits: { stops: "nothing", takesLeader: false, recoversOnlyAfterHeal: false, severs: false },
    alone: null,
    changes: (targets) => targets.map((target) => ({ capability, target, parameters }) as never),
  });
const CORDON = kindOf("cordon", {});
const CUT = kindOf("cut", { direction: "both", peers: [], how: "drop" });

interface Stage {
  readonly fake: FakeApiServer;
  readonly platform: KubernetesPlatform;
  readonly events: TimelineEvent[];
  readonly journal: JournalFile;
  inject(kind: typeof CORDON): Promise<Injection>;
}

/** A shop of one replica on one node, as a platform through the real client. */
async function stage(context: TestContext, stepMs = 5_000): Promise<Stage> {
  const fake = await FakeApiServer.start();
  const folder = mkdtempSync(join(tmpdir(), "gameday-trouble-"));
  const before = process.env["KUBECONFIG"];
  process.env["KUBECONFIG"] = join(folder, "config");
  writeFileSync(join(folder, "config"), JSON.stringify(fake.kubeconfig({ token: "token-1" })));
  for (const object of objects()) fake.store.put(object as never);
  const clock = monotonicClock();
  const config = configOf({ context: "fake", postgres: undefined, redis: undefined, image: "gameday:test" });
  const platform = new KubernetesPlatform({
    api: await connectKubernetes("fake"),
    config,
    clock,
    runId: "run-1",
    planFolder: folder,
  });
  const journal = await JournalFile.create(folder, { runId: "run-1", platform: { kind: "kubernetes" } }, clock);
  context.after(async () => {
    await platform[Symbol.asyncDispose]();
    await journal[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
    process.env["KUBECONFIG"] = before;
    if (before === undefined) delete process.env["KUBECONFIG"];
  });
  const events: TimelineEvent[] = [];
  const options = {
    experiment: "trouble",
    runId: "run-1",
    clock,
    journal,
    emit: (event: TimelineEvent) => void events.push(event),
    expiresAfterMs: 60_000,
    deadlines: { stepMs, biteMs: 300, healMs: stepMs },
    signal: SIGNAL,
  };
  const planned = (kind: typeof CORDON) =>
    planFault(kind, { selector: {}, parameters: {}, random: seededRandom("trouble") });
  return { fake, platform, events, journal, inject: (kind) => inject(platform, planned(kind), options) };
}

function objects(): object[] {
  const selector = { matchLabels: { app: "shop" } };
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "shop", namespace: "shop" } };
  const pod = podOf("shop-1", "worker-1", { labels: { app: "shop" } });
  return [{ ...deployment, spec: { replicas: 1, selector } }, pod, nodeOf("worker-1")];
}

function isCordoned({ fake }: Stage): boolean {
  const node = fake.store.objects.get(NODE) as { spec?: { unschedulable?: boolean } } | undefined;
  return node?.spec?.unschedulable === true;
}

function becauseOf({ events }: Stage, edge: string): string[] {
  return events.flatMap((event) => (event.type === "fault" && event.edge === edge ? [event.because ?? "seen"] : []));
}

test("an API server that is away when a fault ends: it is undone as soon as the server is back", async (context) => {
  const scene = await stage(context);
  const injection = await scene.inject(CORDON);
  assert.equal(isCordoned(scene), true);
  await scene.fake.away();
  const healing = injection.heal();
  await until(() => becauseOf(scene, "heal-commanded").length > 0, {
    what: "the heal",
    deadlineMs: 5_000,
    everyMs: 2,
    signal: SIGNAL,
  });
  await scene.fake.back();
  const [healed] = await healing;
  assert.deepEqual(healed?.because, []);
  assert.match(healed?.witness?.says ?? "", /node worker-1 takes pods again/);
  assert.equal(isCordoned(scene), false);
});

test("an API server that stays away: the end is unknown with the reason, and the change stays in the journal", async (context) => {
  const scene = await stage(context, 100);
  const injection = await scene.inject(CORDON);
  await scene.fake.away();
  const [healed] = await injection.heal();
  assert.equal(healed?.reverted, false);
  assert.match(becauseOf(scene, "not-healed").join(), /cordon of node\/worker-1 to be undone within 0.1 s/);
  assert.match(becauseOf(scene, "not-healed").join(), /the Kubernetes API at .* to answer, got .*ECONNREFUSED/);
  assert.equal((await readJournal(scene.journal.path)).open.length, 1);
  await scene.fake.back();
  assert.deepEqual(await scene.platform.restore(SIGNAL), [], "found by its mark, without the journal");
  assert.equal(isCordoned(scene), false);
});

test("an API server that falls silent after the change: no bite is claimed, and the reason is recorded", async (context) => {
  const scene = await stage(context);
  scene.fake.trouble = (line) => (line.startsWith("GET /api/v1/nodes/") && isCordoned(scene) ? { status: 503 } : null);
  const injection = await scene.inject(CORDON);
  assert.equal(injection.bitten, false);
  assert.match(becauseOf(scene, "not-bitten").join(), /seen to bite within 0.3 s, got .*503: refused/);
  scene.fake.trouble = () => null;
  assert.equal((await injection.heal())[0]?.reverted, true);
});

test("a node that is lost while it is cordoned and comes back is healed; one that is gone for good is unknown", async (context) => {
  const scene = await stage(context, 300);
  const first = await scene.inject(CORDON);
  const node = scene.fake.store.objects.get(NODE);
  assert.ok(node);
  scene.fake.store.put({ ...node, status: nodeOf("worker-1", { ready: false }).status } as never);
  assert.deepEqual((await first.heal())[0]?.because, []);
  const second = await scene.inject(CORDON);
  scene.fake.store.remove(NODE);
  const [healed] = await second.heal();
  assert.equal(healed?.witness, null);
  assert.match(healed?.because.join() ?? "", /expected node worker-1, got none/);
});

test("a node that somebody else has cordoned meanwhile is left alone", async (context) => {
  const scene = await stage(context);
  const injection = await scene.inject(CORDON);
  scene.fake.store.patch(NODE, { metadata: { annotations: { [CORDONED_BY]: null } } });
  await injection.heal();
  assert.equal(isCordoned(scene), true);
});

/** Plays the kubelet: a container of ours that was added runs at once. */
function startsContainers({ fake }: Stage): void {
  const told = fake.store.onEvent;
  fake.store.onEvent = (event) => {
    told(event);
    const { spec, status } = event.object as { spec?: { ephemeralContainers?: { name: string }[] }; status?: object };
    const wanted = spec?.ephemeralContainers ?? [];
    const has = (status as { ephemeralContainerStatuses?: object[] } | undefined)?.ephemeralContainerStatuses ?? [];
    if (event.type === "DELETED" || has.length === wanted.length) return;
    const running = wanted.map(({ name }) => ({ name, state: { running: {} } }));
    fake.store.put({ ...event.object, status: { ...status, ephemeralContainerStatuses: running } } as never);
  };
}

test("the connection of an exec is lost while rules are loaded: what may be in force is undone, and no fault is claimed", async (context) => {
  const scene = await stage(context);
  startsContainers(scene);
  const ran: string[] = [];
  scene.fake.onExec = (argv) => {
    ran.push(argv.join(" "));
    return argv[0] === "nft" && argv[1] === "-f" ? "lost" : { code: argv[1] === "list" ? 1 : 0 };
  };
  await assert.rejects(scene.inject(CUT), {
    code: "fault-not-injected",
    got: /closed \(1006\) before an exit code came/,
  });
  assert.match(
    ran.join("\n"),
    /nft delete table inet gameday_/,
    "the rules may have been loaded before the connection broke",
  );
});

test("the connection of an exec is lost while rules are removed: they are removed again over another one", async (context) => {
  const scene = await stage(context);
  startsContainers(scene);
  let losses = 2;
  let isThere = true;
  scene.fake.onExec = (argv) => {
    const says = argv.join(" ");
    if (says.includes("nft delete table") && !says.includes("sleep")) {
      if (losses-- > 0) return "lost";
      isThere = false;
    }
    if (says.startsWith("nft list")) return isThere ? { code: 0, stdout: "counter packets 8 bytes 480" } : { code: 1 };
    return { code: 0 };
  };
  const injection = await scene.inject(CUT);
  assert.equal(injection.bitten, true);
  const [healed] = await injection.heal();
  assert.equal(healed?.reverted, true);
  assert.match(healed?.witness?.says ?? "", /no rule of ours is left/);
  assert.match(healed?.because.join() ?? "", /closed \(1006\)/, "the trouble on the way is reported");
});
