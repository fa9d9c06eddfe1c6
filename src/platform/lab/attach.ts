/**
 * A lab that another process hosts, as a platform: every method is a call over its control socket. The lab outlives this process.
 */
import { statSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type {
  Capability,
  CapabilityName,
  HealthLine,
  InsidePlace,
  Residue,
  SqlAnswer,
  Target,
  Witness,
} from "../../platform.ts";
import type { Clock } from "../../std/clock.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { LAB_CAPABILITIES } from "./capability/all.ts";
import { type LabConfig, resolvedLabConfig } from "./config.ts";
import { LabHost, type LabOptions, type LabPlatform } from "./host.ts";
import type { CpuLook } from "./replica-cpu.ts";
import { Caller } from "./rpc.ts";
import { currentLab } from "./single.ts";

interface Hello {
  readonly originNs: string;
  readonly endpoint: string;
  readonly config: LabConfig;
  readonly pid: number;
}

const CLOSE_MS = 20_000;

/**
 * Attaches to the lab that is already running on this machine, if that is allowed; otherwise creates a new one in this process.
 */
export async function openLab(config: unknown, options: LabOptions): Promise<LabPlatform> {
  const holder = await currentLab();
  if (holder?.control == null) return new LabHost(config, options);
  const lab = await attachLab(holder.control, options.clock);
  if (isDeepStrictEqual(sameBut(lab.config), sameBut(resolvedLabConfig.parse(config)))) return lab;
  await lab[Symbol.asyncDispose]();
  throw new GamedayError({
    code: "lab-differs",
    expected: "the lab that runs to be as this plan's platform says",
    got: `one that process ${holder.pid} started with other settings`,
    hint: "end it with: gameday lab down",
    exitCode: ExitCode.notReady,
  });
}

/** Attaches to the lab that runs in its own process, to undo changes to it; returns null when there is none. */
export async function reachLab(clock: Clock): Promise<LabPlatform | null> {
  const holder = await currentLab();
  return holder?.control == null ? null : attachLab(holder.control, clock);
}

/** Attaches to the lab behind a control socket; throws when nothing answers there. */
export async function attachLab(control: string, clock: Clock): Promise<AttachedLab> {
  demandOwn(control);
  const caller = await Caller.open(control);
  const hello = (await caller.call("hello", {}, AbortSignal.timeout(5_000))) as unknown as Hello;
  return new AttachedLab(caller, hello, clock);
}

export class AttachedLab implements LabPlatform {
  readonly kind = "lab";
  readonly outlivesTool = true;
  readonly config: LabConfig;
  readonly can: Partial<Record<CapabilityName, Capability>>;
  readonly #caller: Caller;
  readonly #hello: Hello;
  /**
   * The number to add to one of the lab's times to convert it to ours: both count from an origin on the machine's one monotonic
   * clock.
   */
  readonly #shiftMs: number;

  constructor(caller: Caller, hello: Hello, clock: Clock) {
    this.#caller = caller;
    this.#hello = hello;
    this.config = hello.config;
    this.#shiftMs = Number(BigInt(hello.originNs) - BigInt(clock.originNs)) / 1e6;
    this.can = Object.fromEntries(LAB_CAPABILITIES.map((name) => [name, this.#capability(name)]));
  }

  get readyWithinMs(): number {
    return this.config.app.readiness.within;
  }

  readonly queries = {
    sql: async (statement: string, parameters: readonly Json[], signal: AbortSignal) =>
      (await this.#call("sql", { statement, parameters: [...parameters] }, signal)) as unknown as SqlAnswer,
    redis: async (command: readonly string[], signal: AbortSignal) =>
      (await this.#call("redis", { command: [...command] }, signal)) as { value: Json; source: string },
  };

  async prepare(signal: AbortSignal): Promise<void> {
    await this.#call("hello", {}, signal);
  }

  async health(signal: AbortSignal): Promise<HealthLine[]> {
    return (await this.#call("health", {}, signal)) as unknown as HealthLine[];
  }

  async topology(signal: AbortSignal): Promise<Target[]> {
    return (await this.#call("topology", {}, signal)) as unknown as Target[];
  }

  endpoint(): string {
    return this.#hello.endpoint;
  }

  async watch(emit: (event: TimelineEvent) => void, signal: AbortSignal): Promise<void> {
    const receive = (event: Json) => emit(this.#shifted(event as unknown as TimelineEvent));
    try {
      await this.#caller.call("watch", {}, signal, receive);
    } catch (trouble) {
      if (!signal.aborted) throw trouble;
    }
  }

  async restore(signal: AbortSignal): Promise<Residue[]> {
    return (await this.#call("restore", {}, signal)) as unknown as Residue[];
  }

  async collect(
    folder: string,
    { fromMs, toMs }: { fromMs: number; toMs: number },
    signal: AbortSignal,
  ): Promise<void> {
    const window = { fromMs: fromMs - this.#shiftMs, toMs: toMs - this.#shiftMs };
    await this.#call("collect", { folder, window }, signal);
  }

  async scaleApp(count: number, signal: AbortSignal): Promise<void> {
    await this.#call("scale", { count }, signal);
  }

  async replicaCpu(signal: AbortSignal): Promise<CpuLook> {
    return (await this.#call("cpu", {}, signal)) as unknown as CpuLook;
  }

  async inside(node: string, signal: AbortSignal): Promise<InsidePlace> {
    const { baseUrl, enter } = (await this.#call("inside", { node }, signal)) as { baseUrl: string; enter: string[] };
    return { node, baseUrl, enter, [Symbol.asyncDispose]: () => this.closeInside(node) };
  }

  async closeInside(node: string): Promise<void> {
    await this.#call("close-inside", { node }, AbortSignal.timeout(CLOSE_MS));
  }

  /** Shuts the lab down for all its users. */
  async down(signal: AbortSignal): Promise<void> {
    await this.#call("down", {}, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#caller.close();
  }

  #call(name: string, given: Json, signal: AbortSignal): Promise<Json> {
    return this.#caller.call(name, given, signal);
  }

  #capability(name: CapabilityName): Capability {
    const call = (method: string, on: unknown, signal: AbortSignal, parameters: unknown = null) =>
      this.#call("capability", [name, method, on as Json, parameters as Json], signal);
    const witness = (answer: Json) => (answer === null ? null : this.#shifted(answer as unknown as Witness));
    return {
      prior: (target, parameters, signal) => call("prior", target, signal, parameters),
      apply: async (change, signal) => void (await call("apply", change, signal)),
      bitten: async (change, signal) => witness(await call("bitten", change, signal)),
      revert: async (change, signal) => void (await call("revert", change, signal)),
      healed: async (change, signal) => witness(await call("healed", change, signal)),
    };
  }

  #shifted<T extends { readonly atMs: number }>(stamped: T): T {
    return { ...stamped, atMs: stamped.atMs + this.#shiftMs };
  }
}

/**
 * Throws unless the control socket is ours or root's: any user may open the abstract socket that names it, so that name cannot be
 * trusted.
 */
function demandOwn(control: string): void {
  const owner = statSync(control, { throwIfNoEntry: false })?.uid;
  if (owner === 0 || owner === process.getuid?.()) return;
  throw new GamedayError({
    code: "lab-not-ours",
    expected: `the lab's control socket to exist and to be owned by us or root: ${control}`,
    got: owner === undefined ? "none" : `one of uid ${owner}`,
    exitCode: ExitCode.notReady,
  });
}

/** Drops the settings that do not make a different lab: the port is the lab's own. */
function sameBut(config: LabConfig): Omit<LabConfig, "port"> {
  const { port: _port, ...rest } = config;
  return rest;
}
