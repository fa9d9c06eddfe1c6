/** A dashboard on a free port of loopback, with a made-up machine and copies of kept runs, for tests. */

import { subscribe } from "node:diagnostics_channel";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ControlCommand, ControlReply } from "../../src/control.ts";
import { type Dashboard, type DashboardOptions, startDashboard } from "../../src/dashboard/start.ts";
import type { AliveRun, HostMachine } from "../../src/dashboard.ts";
import { GamedayError } from "../../src/std/errors.ts";

export const TOKEN = "a-token-of-the-test-that-is-long-enough";
const FIXTURES = fileURLToPath(new URL("../fixtures/runs/", import.meta.url));

export interface Fixture extends AsyncDisposable {
  readonly dashboard: Dashboard;
  readonly port: number;
  readonly folder: string;
  readonly logged: string[];
  /** Every command that reached a run. */
  readonly commands: ControlCommand[];
  readonly alive: AliveRun[];
  /** Returns the text of a file below the runs folder. */
  read(path: string): string;
  readonly machine: FakeMachine;
  /** The number of answers by their status. */
  readonly statuses: ReadonlyMap<number, number>;
  ask(method: string, path: string, options?: AskOptions): Promise<Told>;
}

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly token?: string | null;
  /** Resolves with the head and the first bytes of an answer that does not end. */
  readonly isStream?: boolean;
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of any form
  readonly json: any;
}

export async function dashboardFixture(options: Partial<DashboardOptions> = {}, runs = ["fake"]): Promise<Fixture> {
  const root = mkdtempSync(join(tmpdir(), "gameday-dashboard-"));
  const folder = join(root, "runs");
  mkdirSync(folder);
  for (const name of runs) cpSync(join(FIXTURES, name), join(folder, name), { recursive: true });
  const logged: string[] = [];
  const machine = new FakeMachine();
  const dashboard = await startDashboard({
    runsFolder: folder,
    host: "127.0.0.1",
    port: 0,
    allowedHosts: [],
    token: () => TOKEN,
    isReadOnly: false,
    isPrivate: false,
    isCodeAllowed: false,
    page: new Map([["/page.html", { type: "text/html; charset=utf-8", body: Buffer.from("<!doctype html>") }]]),
    machine,
    version: "1.2.3",
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    log: (line) => logged.push(line),
    ...options,
  });
  const { port } = dashboard;
  const statuses = new Map<number, number>();
  subscribe("http.server.response.finish", (message) => {
    const { response, server } = message as {
      response: { statusCode: number };
      server: { address(): { port: number } | null };
    };
    if (server.address()?.port === port)
      statuses.set(response.statusCode, (statuses.get(response.statusCode) ?? 0) + 1);
  });
  return {
    dashboard,
    port,
    folder,
    logged,
    machine,
    statuses,
    commands: machine.commands,
    alive: machine.alive,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    ask: (method, path, asked = {}) => ask(port, { method, path, ...asked }),
    async [Symbol.asyncDispose]() {
      await dashboard[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export class FakeMachine implements HostMachine {
  readonly commands: ControlCommand[] = [];
  readonly alive: AliveRun[] = [];
  reply: ControlReply = { ok: true };
  #switch = { on: false, since: null as string | null, by: null as string | null, because: null as string | null };
  readonly killSwitch = {
    read: () => this.#switch,
    set: (on: boolean, by: string, because: string | null) => {
      this.#switch = { on, since: on ? "2026-01-01T00:00:00.000Z" : null, by: on ? by : null, because };
      return this.#switch;
    },
  };

  async aliveRuns() {
    return this.alive;
  }
  async control(_runId: string, command: ControlCommand) {
    this.commands.push(command);
    if (command.do !== "inject") return this.reply;
    const hit = {
      name: command.dryRun ? null : "by hand 1",
      targets: [],
      of: {},
      standing: [],
      healsByItselfAfterMs: 1,
    };
    return this.reply.ok ? { ok: true as const, hit } : this.reply;
  }
  async plans() {
    return { folder: "/plans", plans: [{ file: "a.yaml", name: "a", platform: "lab", trouble: null }] };
  }
  async scripts() {
    return { folder: null, scripts: [] };
  }
  faults() {
    return { faults: [] };
  }
  async checkPlan(plan: string) {
    const isSound = plan === "a.yaml";
    const finding = { code: "plan-not-read", says: "expected a plan", hint: null, file: plan, line: 1, column: 1 };
    const nature = {
      platform: "lab",
      expectedMs: 1000,
      needsConfirm: plan === "real.yaml",
      hasCode: plan === "code.yaml",
    };
    return {
      sound: isSound || nature.needsConfirm || nature.hasCode,
      findings: isSound ? [] : [finding],
      says: ["x"],
      ...nature,
    };
  }
  async startRun() {
    if (this.alive.length > 0)
      throw new GamedayError({
        code: "run-in-progress",
        expected: "no run",
        got: `run ${this.alive[0]?.runId}`,
        exitCode: 4,
      });
    return "fake";
  }
  async startLoad() {
    return "fake";
  }
  async findResidue() {
    return { found: [], running: [] };
  }
  async healResidue() {
    return { says: ["nothing to heal"], residue: [] };
  }
}

const AGENT = new Agent({ keepAlive: true, maxSockets: 4 });

function ask(
  port: number,
  { method, path, headers = {}, body, token, isStream }: AskOptions & { method: string; path: string },
): Promise<Told> {
  const type =
    body === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  const right = token === null ? {} : { authorization: `Bearer ${token ?? TOKEN}` };
  const given = { ...type, ...right, ...headers };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: "127.0.0.1", port, method, path, headers: set, agent: isStream === true ? false : AGENT },
      (response) => {
        let text = "";
        const done = () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
        response.setEncoding("utf8").on("error", reject).on("end", done);
        response.on("data", (chunk: string) => {
          text += chunk;
          if (isStream !== true || !text.includes("\n\nid:")) return;
          done();
          asking.destroy();
        });
      },
    );
    asking.on("error", reject);
    asking.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
