/** The embedded lab as a platform: it boots in this process, and ends with it. */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type {
  Capability,
  CapabilityName,
  HealthLine,
  InsidePlace,
  Platform,
  Queries,
  Residue,
  Target,
} from "../../platform.ts";
import type { Clock } from "../../std/clock.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { type Autoscaling, autoscalingOf } from "./autoscaling.ts";
import { type Boot, boot } from "./boot.ts";
import { labCapabilities } from "./capability/all.ts";
import { ChangeRegistry } from "./capability/registry.ts";
import { type LabConfig, resolvedLabConfig, upWithinMs } from "./config.ts";
import { healthOf } from "./health.ts";
import { InsidePlaces } from "./inside.ts";
import { labOf } from "./lab-parts.ts";
import { queryLeader } from "./leader.ts";
import { LogIndex } from "./log-index.ts";
import { Observer } from "./observe.ts";
import { demandMachine } from "./preflight.ts";
import { findPrograms, findUser } from "./programs.ts";
import { type CpuLook, replicaCpu } from "./replica-cpu.ts";
import { Replicas } from "./replicas.ts";
import type { ServiceUsers } from "./services.ts";
import { type Registration, registerLab } from "./single.ts";
import { Space } from "./space.ts";
import { topologyOf } from "./topology.ts";
import { watchLab } from "./watch.ts";

export interface LabOptions {
  /** The folder that a relative `app.directory` is resolved against: that of the plan. */
  readonly folder: string;
  readonly logFolder: string;
  readonly clock: Clock;
  readonly runId: string;
  /** Set by a daemon: the socket through which runs attach to this lab. */
  readonly control?: string;
}

/** What the lab offers beyond the port of every platform, such as scaling of the app for an autoscaler. */
export interface LabPlatform extends Platform {
  readonly queries: Queries & Required<Pick<Queries, "redis">>;
  scaleApp(count: number, signal: AbortSignal): Promise<void>;
  replicaCpu(signal: AbortSignal): Promise<CpuLook>;
  inside(node: string, signal: AbortSignal): Promise<InsidePlace>;
  /** Closes the client's place on a node; harmless when there is none. */
  closeInside(node: string): Promise<void>;
}

interface Running {
  readonly parts: Boot;
  readonly registry: ChangeRegistry;
  readonly logs: LogIndex;
  readonly inside: InsidePlaces;
  readonly autoscaling: Autoscaling | null;
}

export class LabHost implements LabPlatform {
  readonly kind = "lab";
  readonly config: LabConfig;
  readonly #options: LabOptions;
  #running: Running | null = null;
  #registration: Registration | null = null;

  constructor(config: unknown, options: LabOptions) {
    this.config = resolvedLabConfig.parse(config);
    this.#options = options;
  }

  get upWithinMs(): number {
    return upWithinMs(this.config);
  }

  get readyWithinMs(): number {
    return this.config.app.readiness.within;
  }

  get can(): Partial<Readonly<Record<CapabilityName, Capability>>> {
    return this.#lab.registry.can;
  }

  readonly queries = {
    sql: (statement: string, parameters: readonly Json[], signal: AbortSignal) =>
      queryLeader(this.#lab.parts, statement, parameters, signal),
    redis: async (command: readonly string[], signal: AbortSignal) => {
      const { observer } = this.#lab.parts;
      const master = await observer.redisMaster(signal);
      if (master === undefined) throw noMaster();
      const value = await observer.redis(master, command, signal);
      return { value: value as Json, source: `redis/${master} (master), directly` };
    },
  };

  async prepare(signal: AbortSignal): Promise<void> {
    demandMachine(this.#options.logFolder);
    this.#registration = await registerLab(this.#options.control ?? null);
    try {
      await this.#boot(signal);
    } catch (trouble) {
      await this[Symbol.asyncDispose]();
      throw trouble;
    }
  }

  async health(signal: AbortSignal): Promise<HealthLine[]> {
    const { parts, autoscaling } = this.#lab;
    const lines = await healthOf(parts, signal);
    return autoscaling === null ? lines : [...lines, autoscaling.health()];
  }

  topology(signal: AbortSignal): Promise<Target[]> {
    return topologyOf(this.#lab.parts, signal);
  }

  endpoint(): string {
    return `http://127.0.0.1:${this.#lab.parts.space.port}`;
  }

  async watch(emit: (event: TimelineEvent) => void, signal: AbortSignal): Promise<void> {
    const { parts, registry, autoscaling } = this.#lab;
    const isTouched = (target: string, node: string) => registry.isTouched(target, node);
    const endSyncs = autoscaling?.onSync(emit);
    await watchLab({ ...parts, nowMs: () => this.#options.clock.nowMs(), isTouched }, emit, signal);
    endSyncs?.();
  }

  async restore(signal: AbortSignal): Promise<Residue[]> {
    if (this.#running === null) return [];
    await this.#running.inside.closeAll();
    return this.#running.registry.revertAll(signal);
  }

  async collect(folder: string, window: { fromMs: number; toMs: number }): Promise<void> {
    this.#lab.logs.copy(folder, window);
  }

  async scaleApp(count: number, signal: AbortSignal): Promise<void> {
    await this.#lab.parts.replicas.scale(count, signal);
  }

  replicaCpu(signal: AbortSignal): Promise<CpuLook> {
    return replicaCpu(this.#lab.parts, signal);
  }

  inside(node: string, signal: AbortSignal): Promise<InsidePlace> {
    return this.#lab.inside.open(node, signal);
  }

  closeInside(node: string): Promise<void> {
    return this.#lab.inside.close(node);
  }

  /** Calls back when the lab has ended by itself. */
  onEnd(callback: (how: string) => void): void {
    this.#lab.parts.space.onEnd(callback);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#running;
    this.#running = null;
    running?.autoscaling?.close();
    running?.registry.close();
    running?.parts.replicas.close();
    running?.logs.close();
    await running?.parts.space.close();
    await this.#registration?.release();
    this.#registration = null;
  }

  get #lab() {
    if (this.#running !== null) return this.#running;
    throw new RangeError("expected prepare() to have been called, got a lab that is not up");
  }

  async #boot(signal: AbortSignal): Promise<void> {
    const { config } = this;
    const { logFolder, clock } = this.#options;
    const programs = await findPrograms(signal);
    const users = findUsers(config);
    emptyOfLogs(logFolder);
    const appFolder = demandFolder(resolve(this.#options.folder, config.app.directory));
    const { patroniFolder } = programs;
    const space = await Space.open({ ...config, appFolder, patroniFolder, logFolder }, signal);
    const shared = { config, space, observer: new Observer(space), users };
    const parts: Boot = { ...shared, programs, logFolder, replicas: new Replicas(shared) };
    const registry = new ChangeRegistry(labCapabilities(labOf(parts, () => clock.nowMs())));
    const autoscaling = autoscalingOf(parts, () => clock.nowMs());
    const logs = new LogIndex(logFolder, clock);
    this.#running = { parts, registry, logs, inside: new InsidePlaces(parts), autoscaling };
    await boot(parts, signal);
    autoscaling?.begin();
  }
}

/** Empties the folder of an earlier lab's logs: they are not this lab's, so they are kept once, in a subfolder. */
function emptyOfLogs(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const old = readdirSync(folder).filter((name) => name.endsWith(".log"));
  const previous = join(folder, "previous");
  if (old.length > 0) rmSync(previous, { recursive: true, force: true });
  if (old.length > 0) mkdirSync(previous);
  for (const name of old) renameSync(join(folder, name), join(previous, name));
}

function findUsers(config: LabConfig): ServiceUsers {
  const app = findUser(config.app.user);
  if (app.uid !== 0) {
    const [postgres, redis, haproxy] = ["postgres", "redis", "haproxy"].map(findUser);
    if (postgres && redis && haproxy) return { postgres, redis, haproxy, etcd: findUser("nobody"), app };
  }
  throw new GamedayError({
    code: "lab-app-as-root",
    expected: "app.user to be a user without root's rights",
    got: `"${config.app.user}" (uid 0)`,
  });
}

function demandFolder(folder: string): string {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new GamedayError({ code: "lab-no-app-folder", expected: `app.directory to be a folder`, got: `"${folder}"` });
}

function noMaster(): GamedayError {
  return new GamedayError({
    code: "lab-no-redis-master",
    expected: "the Sentinels to name a Redis master",
    got: "no name",
    exitCode: ExitCode.notReady,
  });
}
