/**
 * The lab's space: one set of namespaces for the lab, and one for each node inside it. No part of it can outlive this process:
 * the kernel kills the lab's first process when the process that made it dies, and its death ends every process, mount and link
 * inside. Nothing is left on the host, because nothing was put there.
 */
import type { ChildProcess } from "node:child_process";
import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { ExitCode, GamedayError, messageOf } from "../../std/errors.ts";
import { readRange } from "../../std/file-range.ts";
import { until } from "../../std/wait.ts";
import { addressOf, agentSocketOf, cableOf, FOLDER, NODES, type NodeName, PATH, PREFIX_LENGTH } from "./addresses.ts";
import { AgentLink } from "./agent-link.ts";
import { agentInside, NAMESPACES, nodeBoot, type SpaceOptions, spawnLab } from "./namespaces.ts";
import type { SystemUser } from "./programs.ts";

const ROOT: SystemUser = { uid: 0, gid: 0 };

export class Space {
  readonly port: number;
  readonly pid: number;
  readonly switch: AgentLink;
  readonly nodes: Readonly<Record<NodeName, AgentLink>>;
  readonly #child: ChildProcess;
  readonly #options: SpaceOptions;
  readonly #down = new Set<NodeName>(NODES);

  private constructor(child: ChildProcess, pid: number, port: number, options: SpaceOptions) {
    this.#child = child;
    this.#options = options;
    this.pid = pid;
    this.port = port;
    const link = (place: NodeName | "switch") => new AgentLink(place, this.path(agentSocketOf(place)));
    this.switch = link("switch");
    this.nodes = { n1: link("n1"), n2: link("n2"), n3: link("n3") };
  }

  /** Creates the lab's namespaces with the switch and the disks in them, but no node yet. */
  static async open(options: SpaceOptions, signal: AbortSignal): Promise<Space> {
    const { child, port } = await spawnLab(options);
    const space = new Space(child, child.pid ?? 0, port, options);
    try {
      await space.#awaitAgent(space.switch, `${options.logFolder}/lab.log`, signal);
      return space;
    } catch (trouble) {
      await space.close();
      throw trouble;
    }
  }

  /** Returns a path inside the lab in a form that this process can open. */
  path(inside: string): string {
    return `/proc/${this.pid}/root${inside}`;
  }

  /** Returns the agent of a place; throws RangeError for an unknown place. */
  agent(place: string): AgentLink {
    if (place === "switch") return this.switch;
    const link = (this.nodes as Readonly<Record<string, AgentLink>>)[place];
    if (link !== undefined) return link;
    throw new RangeError(`expected a node of the lab, got "${place}"`);
  }

  isOn(node: NodeName): boolean {
    return !this.#down.has(node);
  }

  folder(inside: string, owner: SystemUser = ROOT, mode = 0o755): void {
    mkdirSync(this.path(inside), { recursive: true, mode });
    chownSync(this.path(inside), owner.uid, owner.gid);
  }

  file(inside: string, text: string, owner: SystemUser = ROOT, mode = 0o644): void {
    writeFileSync(this.path(inside), text, { mode });
    chownSync(this.path(inside), owner.uid, owner.gid);
  }

  /** Powers a node on: its namespaces, its init, its cable. Its disk is unchanged. */
  async startNode(node: NodeName, signal: AbortSignal): Promise<void> {
    const name = `node/${node}`;
    const log = `${FOLDER.log}/${node}.log`;
    await this.switch.start(
      {
        name,
        argv: [
          "unshare",
          ...NAMESPACES,
          "tini",
          "-s",
          "--",
          FOLDER.node,
          agentInside(),
          JSON.stringify(nodeBoot(node)),
        ],
        env: { PATH, LANG: "C.UTF-8" },
        cwd: "/",
        ...ROOT,
        log,
        restart: null,
        ownsUser: false,
      },
      signal,
    );
    await this.#awaitAgent(this.nodes[node], `${this.#options.logFolder}/${node}.log`, signal);
    await this.#plug(node, name, signal);
    this.#down.delete(node);
  }

  /** Powers a node off at once, as if its plug were pulled: SIGKILL to its init ends everything on it. */
  async killNode(node: NodeName, signal: AbortSignal): Promise<void> {
    this.#down.add(node);
    await this.switch.kill(`node/${node}`, signal);
    this.nodes[node].close();
  }

  /** Pulls a node's cable out of the switch, or puts it back. */
  async setCable(node: NodeName, connected: boolean, signal: AbortSignal): Promise<void> {
    await this.switch.run(["ip", "link", "set", cableOf(node), connected ? "up" : "down"], signal);
  }

  /**
   * Ends everything inside with one SIGKILL to the lab's init. The kernel reports its end only once every process of the
   * namespace is gone, so nothing is left when this returns.
   */
  async close(): Promise<void> {
    for (const link of [this.switch, ...Object.values(this.nodes)]) link.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    if (!killInit(this.pid)) this.#child.kill("SIGKILL");
    await gone;
  }

  /** Returns a file of the host through which a process enters the node's network: that of the program that made the node. */
  async networkOf(node: NodeName, signal: AbortSignal): Promise<string> {
    const report = (await this.switch.list(signal)).find((one) => one.name === `node/${node}`);
    if (typeof report?.pid === "number") return this.path(`/proc/${report.pid}/ns/net`);
    throw new RangeError(`expected ${node} to be on, got a node that is off`);
  }

  /** Calls back once when the lab has ended for any reason. */
  onEnd(callback: (how: string) => void): void {
    this.#child.once("exit", (code, by) => callback(by ?? `exit ${code}`));
  }

  async #plug(node: NodeName, service: string, signal: AbortSignal): Promise<void> {
    const cable = cableOf(node);
    const outer = (await this.switch.list(signal)).find((report) => report.name === service)?.pid;
    const init = (await this.switch.read(`/proc/${outer}/task/${outer}/children`, signal)).trim();
    await this.switch.tryRun({ argv: ["ip", "link", "del", cable], deadlineMs: 5_000 }, signal); // left by an earlier boot
    await this.switch.run(["ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", init], signal);
    await this.switch.run(["ip", "link", "set", cable, "master", "br0", "up"], signal);
    const inside = this.nodes[node];
    await inside.run(["ip", "addr", "add", `${addressOf(node)}/${PREFIX_LENGTH}`, "dev", "eth0"], signal);
    await inside.run(["ip", "link", "set", "eth0", "up"], signal);
  }

  async #awaitAgent(link: AgentLink, log: string, signal: AbortSignal): Promise<void> {
    const alive = () => this.#child.exitCode === null && this.#child.signalCode === null;
    try {
      await until(async () => !alive() || (await link.list(signal)) !== undefined, {
        what: `${link.name} to start`,
        deadlineMs: 10_000,
        everyMs: 10,
        signal,
      });
    } catch (trouble) {
      throw notStarted(link.name, log, trouble);
    }
    if (!alive()) throw notStarted(link.name, log, undefined);
  }
}

/** Sends SIGKILL to the only child of unshare; returns false when there is none (yet). */
function killInit(unshare: number): boolean {
  try {
    const init = Number.parseInt(readFileSync(`/proc/${unshare}/task/${unshare}/children`, "utf8"), 10);
    return init > 0 && process.kill(init, "SIGKILL");
  } catch {
    return false;
  }
}

const TAIL_BYTES_MAX = 16 << 10;

/** Returns the last lines of a log, for an error message; empty when there is no log. */
export function tailOf(file: string, lines = 12): string {
  try {
    const { size } = statSync(file);
    const end = readRange(file, Math.max(0, size - TAIL_BYTES_MAX), size).toString("utf8");
    return end.trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "";
  }
}

function notStarted(name: string, log: string, cause: unknown): GamedayError {
  return new GamedayError({
    code: "lab-not-started",
    expected: `${name} of the lab to start`,
    got: tailOf(log) || (cause === undefined ? "it ended at once" : messageOf(cause)),
    hint: "the lab needs root, and a kernel that allows it to make namespaces",
    exitCode: ExitCode.notReady,
    cause,
  });
}
