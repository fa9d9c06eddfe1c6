/** A lab of its own, started by the command that a person types, for proofs that run many short game days on it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { labStatus } from "../../src/platform/lab/standing.ts";
import type { Json } from "../../src/std/json.ts";
import { type Ended, ROOT, type Started, start } from "../e2e/gameday.ts";

const SHOP = "examples/jewelry-shop";
const STATUS_MS_MAX = 20_000;
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * The demo's shop on the default lab, whose proxy also lets the witness choose a replica. Every plan for one lab must declare the
 * same platform.
 */
export const SHOP_PLATFORM: Json = {
  kind: "lab",
  app: {
    directory: ROOT,
    prepare: ["node", `${SHOP}/app/prepare.ts`],
    command: ["node", `${SHOP}/app/main.ts`],
    replicas: 3,
    readiness: { path: "/readyz" },
  },
  haproxy: { replicaHeader: true },
};

/** Returns a plan document: the shop with almost no load, and the parts that a proof adds. JSON is YAML. */
export function shopPlan(more: Readonly<Record<string, Json>>): Json {
  return {
    name: "proof",
    platform: SHOP_PLATFORM,
    load: { scenarios: [{ file: resolve(ROOT, SHOP, "scenarios/browse.ts") }], vus: 3, rampUp: "500ms" },
    warmUp: "1s",
    calm: "1s",
    ...more,
  };
}

export const SHOP_PROBES = resolve(ROOT, SHOP, "probes.ts");

/**
 * The files that each proof keeps on disk, and the lab that runs for it. Disposal stops the lab and removes the folder. SIGINT and
 * SIGTERM do the same and then end the process: the lab is a daemon, which would outlive it.
 */
export class AttachedLab implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "gameday-proof-"));
  readonly stateFolder = join(this.folder, "state");
  readonly #commands = new Set<Started>();
  #pid: number | null = null;
  #isKept = false;
  #isEnding = false;

  static async up(plan: Json): Promise<AttachedLab> {
    const lab = new AttachedLab();
    for (const name of SIGNALS) process.on(name, lab.#onSignal);
    try {
      await lab.boot(plan);
      return lab;
    } catch (thrown) {
      await lab[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  async boot(plan: Json): Promise<void> {
    const { code, stderr } = await this.gameday(["lab", "up", this.write("lab.yaml", plan)]);
    if (code !== 0) throw new Error(`expected the lab to come up, got exit ${code}: ${stderr}`);
    this.#pid = (await this.status()).holder?.pid ?? null;
  }

  /** The process that hosts the lab. */
  get pid(): number {
    if (this.#pid === null) throw new Error("expected a lab that is up, got none");
    return this.#pid;
  }

  status(): ReturnType<typeof labStatus> {
    return labStatus(AbortSignal.timeout(STATUS_MS_MAX));
  }

  async healthy(): Promise<boolean> {
    const { holder, health } = await this.status();
    return holder?.pid === this.#pid && health.length > 0 && health.every((line) => line.ok);
  }

  async endpoint(): Promise<URL> {
    const { endpoint } = await this.status();
    if (endpoint === null) throw new Error("expected a lab that can be attached to, got none");
    return new URL(endpoint);
  }

  /** Keeps the folder when the lab goes down, because something in its runs or logs needs an explanation. */
  keepFolder(): void {
    this.#isKept = true;
  }

  /** Writes a plan into the proof's folder and returns its path. */
  write(name: string, plan: Json): string {
    const file = join(this.folder, name);
    writeFileSync(file, `${JSON.stringify(plan, null, 1)}\n`);
    return file;
  }

  /** Starts `gameday ARGS` with this lab's state folder. */
  start(args: readonly string[]): Started {
    const command = start(args, this.#options);
    this.#commands.add(command);
    void command.ended.finally(() => this.#commands.delete(command));
    return command;
  }

  gameday(args: readonly string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gameday(["lab", "down"]);
    for (const name of SIGNALS) process.off(name, this.#onSignal);
    if (!this.#isKept) rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends the commands first, because a run has to heal its faults while the lab is there. */
  readonly #onSignal = async (name: NodeJS.Signals): Promise<void> => {
    const commands = [...this.#commands];
    for (const { child } of commands) child.kill(name);
    if (this.#isEnding) return; // the signal came again: the commands have it, too
    this.#isEnding = true;
    await Promise.all(commands.map(({ ended }) => ended));
    await this[Symbol.asyncDispose]();
    process.exit(128 + constants.signals[name]);
  };

  get #options() {
    return { env: { GAMEDAY_STATE: this.stateFolder } };
  }
}
