/**
 * A platform that someone else runs (RDS, Cloud SQL, VMs, anything). Gameday only queries the state of its parts, and breaks
 * things only through the plan's own commands.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Capability, CapabilityName, HealthLine, Platform, Queries, Residue, Target } from "../../platform.ts";
import type { Clock } from "../../std/clock.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import type { TimelineEvent } from "../../timeline.ts";
import { commandCapability } from "../command.ts";
import { askRows } from "../session.ts";
import type { ExternalConfig, MemberConfig } from "./config.ts";
import { DeclaredLogs } from "./logs.ts";
import { look, type MemberState, onPostgres } from "./member.ts";
import { SyncStandbyCheck } from "./sync-standby.ts";

const WATCH_EVERY_MS = 500;

interface Seen {
  readonly member: MemberConfig;
  readonly state: MemberState;
}

export class ExternalPlatform implements Platform {
  readonly kind = "external";
  readonly outlivesTool = true;
  readonly can: Partial<Readonly<Record<CapabilityName, Capability>>>;
  readonly queries: Queries;
  readonly #config: ExternalConfig;
  readonly #clock: Clock;
  readonly #logs: DeclaredLogs;
  readonly #syncStandby = new SyncStandbyCheck();

  /** Relative paths of the configuration are resolved against `folder`. */
  constructor(config: ExternalConfig, clock: Clock, folder: string) {
    this.#config = config;
    this.#clock = clock;
    this.#logs = new DeclaredLogs(config.logs, folder);
    this.can = { command: commandCapability(clock) };
    this.queries = { sql: (statement, parameters, signal) => this.#sql(statement, parameters, signal) };
  }

  /** The platform is running already; health() reports its state. */
  async prepare(): Promise<void> {
    this.#logs.begin();
  }

  async health(signal: AbortSignal): Promise<HealthLine[]> {
    const [front, members] = await Promise.all([this.#front(signal), this.#look(signal)]);
    const lines = members.map(({ member, state }) => ({
      id: `member/${member.name}`,
      name: member.name,
      ok: state.healthy,
      expected: "an answer",
      seen: state.seen,
    }));
    const led = rolesWithLeader(members).map((role) => leaderLine(role, members));
    return [front, ...lines, ...led, ...this.#syncStandby.lines(leaderOf(members)?.standbys)];
  }

  async topology(signal: AbortSignal): Promise<Target[]> {
    return (await this.#look(signal)).map(({ member, state }) => targetOf(member, state));
  }

  endpoint(): string {
    return this.#config.endpoint.replace(/\/$/, "");
  }

  async watch(emit: (event: TimelineEvent) => void, signal: AbortSignal): Promise<void> {
    const before = new Map<string, string>();
    while (!signal.aborted) {
      try {
        for (const { member, state } of await this.#look(signal)) {
          const was = before.get(member.name);
          before.set(member.name, state.is);
          if (was === undefined || was === state.is) continue;
          const { role, name: target } = member;
          emit({ atMs: this.#clock.nowMs(), type: "role", role, target, is: state.is, was });
        }
        await delay(WATCH_EVERY_MS, undefined, { signal });
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
      }
    }
  }

  /** Nothing here carries a name of ours: only the `heal` command in the journal can undo what a command did. */
  async restore(): Promise<Residue[]> {
    return [];
  }

  /** Copies only the logs that the plan declares; all other logs belong to the platform's owner. */
  async collect(folder: string, window: { fromMs: number; toMs: number }, signal: AbortSignal): Promise<void> {
    const iso = (atMs: number) => new Date(Date.now() - this.#clock.nowMs() + atMs).toISOString();
    await this.#logs.copy(folder, { from: iso(window.fromMs), to: iso(window.toMs) }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #look(signal: AbortSignal): Promise<Seen[]> {
    return Promise.all(this.#config.members.map(async (member) => ({ member, state: await look(member, signal) })));
  }

  async #front(signal: AbortSignal): Promise<HealthLine> {
    const url = `${this.endpoint()}${this.#config.health}`;
    const { healthy, seen } = await look({ name: url, role: "endpoint", health: url, labels: {} }, signal);
    return { id: "endpoint", name: "endpoint", ok: healthy, expected: `2xx of ${this.#config.health}`, seen };
  }

  async #sql(statement: string, parameters: readonly Json[], signal: AbortSignal) {
    for (const { member, state } of await this.#look(signal)) {
      if (!state.leader || member.url === undefined || member.role !== "postgres") continue;
      return await onPostgres(member.url, signal, async (client) => {
        await client.query("begin read only");
        return { ...(await askRows(client, statement, parameters)), source: `${member.name} (leader), directly` };
      });
    }
    throw noLeader();
  }
}

export function targetOf(member: MemberConfig, state: Pick<MemberState, "healthy" | "leader">): Target {
  const { name: id, role, node = id, labels } = member;
  return { id, role, node, leader: state.leader, healthy: state.healthy, labels };
}

/** Returns the roles whose members report a leader; a role that consists of Sentinels only has none. */
function rolesWithLeader(members: readonly Seen[]): string[] {
  const asked = members.filter(({ member, state }) => member.url !== undefined && state.is !== "sentinel");
  return [...new Set(asked.map(({ member }) => member.role))].filter((role) => role !== "sentinel");
}

function leaderOf(members: readonly Seen[]): MemberState | undefined {
  return members.find(({ state }) => state.standbys !== undefined)?.state;
}

function leaderLine(role: string, members: readonly Seen[]): HealthLine {
  const leaders = members.filter(({ member, state }) => member.role === role && state.leader);
  const seen = leaders.map(({ member }) => member.name).join(", ") || "none";
  return { id: `leader/${role}`, name: `${role} leader`, ok: leaders.length === 1, expected: "one", seen };
}

function noLeader(): GamedayError {
  return new GamedayError({
    code: "external-no-leader",
    expected: "a member with role postgres and a url that leads",
    got: "none",
    exitCode: ExitCode.notReady,
  });
}
