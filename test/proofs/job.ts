/**
 * What proofs of workers on Kubernetes share: a counting server, the command under proof, and a check for what is left in the
 * namespace.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Interval } from "../../src/interval.ts";
import type { KubernetesApi, Pod } from "../../src/kubernetes.ts";
import { readNdjson } from "../../src/std/ndjson.ts";
import { until } from "../../src/std/wait.ts";
import type { TimelineEvent } from "../../src/timeline.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SCRIPT = join(ROOT, "test/fixtures/job/steady.ts");
const OURS = "app.kubernetes.io/managed-by=gameday";
const USERS = 20;
const WORKERS = 4;

export interface JobScene {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly image: string;
  /** An address of this machine that pods can reach. */
  readonly host: string;
}

/** A server that counts the requests that it received. */
export class CountingServer implements AsyncDisposable {
  readonly #server = createServer((_request, response) => {
    this.count++;
    response.end("ok");
  });
  count = 0;
  port = 0;

  static async on(host: string): Promise<CountingServer> {
    const made = new CountingServer();
    await new Promise<void>((resolve) => made.#server.listen(0, host, resolve));
    const address = made.#server.address();
    made.port = typeof address === "object" ? (address?.port ?? 0) : 0;
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** One `gameday load --kubernetes` with its evidence folder. */
export class JobLoad implements Disposable {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly ended: Promise<number | null>;
  text = "";

  constructor(scene: JobScene, server: CountingServer, flags: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "gameday-job-"));
    const common = [
      "-q",
      "-H",
      `http://${scene.host}:${server.port}`,
      "-u",
      String(USERS),
      "--workers",
      String(WORKERS),
    ];
    const where = ["--kubernetes", "--namespace", scene.namespace, "--image", scene.image];
    const small = ["--worker-cpu", "200m", "--worker-memory", "256Mi", "--advertise", `${scene.host}:7070`];
    const argv = ["bin/gameday.mjs", "load", SCRIPT, ...common, ...where, ...small, "--out", this.folder, ...flags];
    this.child = spawn(process.execPath, argv, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (data: Buffer) => {
        this.text += data.toString();
      });
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
  }

  /** Resolves when the output matches. */
  async says(pattern: RegExp, withinMs = 60_000): Promise<void> {
    const condition = { what: `${pattern}`, deadlineMs: withinMs, signal: AbortSignal.timeout(withinMs + 1_000) };
    await until(() => pattern.test(this.text), { ...condition, seen: () => this.text.slice(-2_000) });
  }

  get runId(): string {
    return /gameday-(load-[0-9a-f]{8})/.exec(this.text)?.[1] ?? "none";
  }

  #lines<T>(name: string): T[] {
    const files = readdirSync(this.folder).filter((file) => file.startsWith(name));
    return files.flatMap((file) => [...readNdjson<T>(join(this.folder, file))]);
  }

  get intervals(): Interval[] {
    return this.#lines<Interval>("intervals");
  }

  get timeline(): TimelineEvent[] {
    return this.#lines<TimelineEvent>("timeline");
  }

  get requests(): number {
    const deltas = this.intervals
      .flatMap(({ metrics }) => metrics)
      .filter(({ metric }) => metric.startsWith("http_req_duration"));
    return deltas.reduce((sum, { count }) => sum + count, 0);
  }

  /** The request count of the printed summary. */
  get summaryRequests(): number {
    return Number(/^\s*counted\s+(\d+)/m.exec(this.text)?.[1] ?? Number.NaN);
  }

  [Symbol.dispose](): void {
    this.child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true });
  }
}

/** The loss of one worker on the run's clock, according to the evidence. */
export interface Loss {
  readonly worker: string;
  /** From its last message until it was given up. */
  readonly noticedMs: number;
  /** From its last message until the others had all users; null when they never had. */
  readonly replacedMs: number | null;
  readonly because: string;
}

export function lossesIn(load: JobLoad): Loss[] {
  const gaps = load.timeline.filter((event) => event.type === "gap" && event.because.includes("was lost"));
  return gaps.map((event) => {
    if (event.type !== "gap") throw new Error("expected a gap, got another event");
    const worker = event.source.replace("load/", "");
    const backMs = allUsersMs(
      load.intervals.filter((interval) => interval.worker !== worker),
      event.toMs,
    );
    return {
      worker,
      noticedMs: Math.round(event.toMs - event.fromMs),
      replacedMs: backMs === null ? null : Math.round(backMs - event.fromMs),
      because: event.because,
    };
  });
}

/** Returns when these workers together had all users, at or after `fromMs`: at the latest by the end of their intervals. */
function allUsersMs(intervals: readonly Interval[], fromMs: number): number | null {
  const users = new Map<string, number>();
  for (const interval of intervals.toSorted((one, other) => one.toMs - other.toMs)) {
    users.set(interval.worker, interval.users);
    const sum = [...users.values()].reduce((total, count) => total + count, 0);
    if (interval.toMs >= fromMs && sum >= USERS) return interval.toMs;
  }
  return null;
}

/** Lists everything in the namespace that Gameday created: "Job/gameday-load-...". */
export async function leftIn({ api, namespace }: JobScene): Promise<string[]> {
  const kinds = ["Job", "Pod", "Secret", "ConfigMap"] as const;
  const lists = await Promise.all(kinds.map((kind) => api.list(kind, { namespace, labels: OURS })));
  return lists.flatMap((list, index) => list.map(({ metadata }) => `${kinds[index]}/${metadata.name}`));
}

export async function podsOf({ api, namespace }: JobScene): Promise<readonly Pod[]> {
  return (await api.list("Pod", { namespace, labels: OURS })) as readonly Pod[];
}

export async function podOf(scene: JobScene, index: number): Promise<Pod> {
  const found = (await podsOf(scene)).find(
    ({ metadata }) => metadata.annotations?.["batch.kubernetes.io/job-completion-index"] === String(index),
  );
  if (found === undefined) throw new Error(`expected a pod of index ${index}, got none`);
  return found;
}

/** Returns the text of a kubeconfig for the user of this token. */
export function asToken(kubeconfig: string, token: string): string {
  return readFileSync(kubeconfig, "utf8")
    .replace(/^ +client-key-data: .*\n/m, "")
    .replace(/^( +)client-certificate-data: .*$/m, `$1token: ${token}`);
}
