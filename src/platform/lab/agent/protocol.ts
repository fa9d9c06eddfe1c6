/**
 * What the lab says to an agent: one JSON object a line over a unix socket, answered in any order by `id`. An agent is the
 * first program of a node (or of the lab around the nodes): it starts, restarts and stops the services there, so that every
 * service is a child of its own namespace's init and dies with it.
 */

/** How an agent is started: one JSON argument. */
export interface AgentBoot {
  /** Where to listen, as seen from inside. */
  readonly socket: string;
  /** Commands run in order before listening; the first that fails ends the agent. */
  readonly before: readonly (readonly string[])[];
  /** Ends with its stdin: the agent of the lab itself, so that nothing survives a parent that was killed. */
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
  /** File to which both its streams are appended. */
  readonly log: string;
  /** Delay before it is started again when it ended by itself, doubled each time up to the maximum; null: never. */
  readonly restart: { readonly minMs: number; readonly maxMs: number } | null;
  /** Every process of `uid` around here belongs to it: for daemons that leave their parent and session (postmaster). */
  readonly ownsUser: boolean;
  /** File descriptor of the agent that it gets as its descriptor 3. */
  readonly inherit?: number;
}

/** One process, as its /proc/PID/stat tells it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly uid: number;
  /** R, S, D, T (stopped), Z ... */
  readonly state: string;
  readonly command: string;
  /** User and system time, its reaped children's included. */
  readonly cpuMs: number;
}

export type ServicePhase = "running" | "waiting" | "held" | "ended";

export interface ServiceReport {
  readonly name: string;
  /** running; waiting to be restarted; held down on purpose; ended and not to be restarted. */
  readonly phase: ServicePhase;
  readonly pid: number | null;
  /** Number of times it was started. */
  readonly starts: number;
  /** Number of times it ended without being asked to. */
  readonly failures: number;
  /** "exit 1" or "SIGKILL"; null when it never ended. */
  readonly lastEnd: string | null;
  /** How all its processes are seen to stand still; null: they do not. */
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
}

export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The end of both, in order of arrival. */
  readonly tail: string;
}

export type AgentRequest =
  | { readonly op: "start"; readonly spec: ServiceSpec }
  /** SIGTERM to its main process, then SIGKILL to all after the grace; stays down. */
  | { readonly op: "stop"; readonly name: string; readonly graceMs: number }
  /** SIGKILL to all its processes; stays down. */
  | { readonly op: "kill"; readonly name: string }
  /** SIGKILL to all its processes; comes back as if it had died by itself. */
  | { readonly op: "crash"; readonly name: string }
  /** A signal to all its processes. */
  | { readonly op: "signal"; readonly name: string; readonly signal: NodeJS.Signals }
  /** Stops all its processes where they stand, by a control group where there is one, else by signals; lets them go on. */
  | { readonly op: "freeze"; readonly name: string }
  | { readonly op: "thaw"; readonly name: string }
  /** Lets all its processes run only for `runMs` of each `periodMs`; null: freely again. */
  | {
      readonly op: "throttle";
      readonly name: string;
      readonly share: { readonly runMs: number; readonly periodMs: number } | null;
    }
  | { readonly op: "list" }
  /** What each service holds: memory, connections. */
  | { readonly op: "usage" }
  | ({ readonly op: "run" } & RunRequest)
  | { readonly op: "read"; readonly path: string }
  /** Turns this connection into a raw stream to that address, as seen from here. */
  | { readonly op: "connect"; readonly host: string; readonly port: number };

export type AgentReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };
