/**
 * The protocol between the lab and an agent: one JSON object per line over a unix socket, answered in any order by `id`. An agent
 * is the first program of a node (or of the lab around the nodes). It starts, restarts and stops the services there, so that
 * every service is a child of its own namespace's init and dies with it.
 */

/** The parameters of an agent, passed as one JSON argument. */
export interface AgentBoot {
  /** Where to listen, as seen from inside. */
  readonly socket: string;
  /** Commands that run in order before the agent listens; the first that fails ends the agent. */
  readonly before: readonly (readonly string[])[];
  /**
   * Whether the agent ends with its stdin. The agent of the lab itself does, so that nothing survives a parent that was killed.
   */
  readonly tied: boolean;
}

export interface ServiceSpec {
  readonly name: string;
  readonly argv: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  /** The file to which both its streams are appended. */
  readonly log: string;
  /**
   * The delay before the service is restarted after it ended by itself, doubled each time up to the maximum; null: never
   * restarted.
   */
  readonly restart: { readonly minMs: number; readonly maxMs: number } | null;
  /**
   * Whether every process of `uid` in this namespace belongs to the service: for daemons that leave their parent and session
   * (postmaster).
   */
  readonly ownsUser: boolean;
  /** A file descriptor of the agent that the service gets as its descriptor 3. */
  readonly inherit?: number;
}

/** One process, as its /proc/PID/stat describes it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly uid: number;
  /** R, S, D, T (stopped), Z ... */
  readonly state: string;
  readonly command: string;
  /** User and system time, including that of reaped children. */
  readonly cpuMs: number;
}

export type ServicePhase = "running" | "waiting" | "held" | "ended";

export interface ServiceReport {
  readonly name: string;
  /** running; waiting to be restarted; held down on purpose; ended and not to be restarted. */
  readonly phase: ServicePhase;
  readonly pid: number | null;
  /** How often it was started. */
  readonly starts: number;
  /** How often it ended without being told to. */
  readonly failures: number;
  /** "exit 1" or "SIGKILL"; null when it never ended. */
  readonly lastEnd: string | null;
  /** The evidence that all its processes are frozen; null when they are not. */
  readonly frozen: string | null;
  /** Whether it runs only for a share of the time. */
  readonly throttled: boolean;
  readonly processes: readonly ProcessRow[];
}

export interface RunRequest {
  readonly argv: readonly string[];
  readonly deadlineMs: number;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** A file to which everything that it prints is added as well; undefined: none. */
  readonly log?: string;
}

export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The end of both streams, in order of arrival. */
  readonly tail: string;
}

export type AgentRequest =
  | { readonly op: "start"; readonly spec: ServiceSpec }
  /** Sends SIGTERM to the main process, then SIGKILL to all processes after the grace; the service stays down. */
  | { readonly op: "stop"; readonly name: string; readonly graceMs: number }
  /** Sends SIGKILL to all processes; the service stays down. */
  | { readonly op: "kill"; readonly name: string }
  /** Sends SIGKILL to all processes; the service is restarted as if it had died by itself. */
  | { readonly op: "crash"; readonly name: string }
  /** Sends a signal to all processes. */
  | { readonly op: "signal"; readonly name: string; readonly signal: NodeJS.Signals }
  /** Freezes all processes, through a control group where there is one, otherwise by signals; `thaw` lets them continue. */
  | { readonly op: "freeze"; readonly name: string }
  | { readonly op: "thaw"; readonly name: string }
  /** Lets all processes run only for `runMs` of each `periodMs`; null removes the limit. */
  | {
      readonly op: "throttle";
      readonly name: string;
      readonly share: { readonly runMs: number; readonly periodMs: number } | null;
    }
  | { readonly op: "list" }
  /** Returns the usage of each service: memory, connections. */
  | { readonly op: "usage" }
  | ({ readonly op: "run" } & RunRequest)
  | { readonly op: "read"; readonly path: string }
  /** Turns this connection into a raw stream to that address, as seen from here. */
  | { readonly op: "connect"; readonly host: string; readonly port: number };

export type AgentReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };
