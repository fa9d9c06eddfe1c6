/** How the lab's namespaces are created: what is spawned, what is mounted, in which order. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { relative } from "node:path";
import { entryBeside } from "../../std/entry.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import {
  agentSocketOf,
  diskOf,
  FOLDER,
  NODES,
  type NodeName,
  PATH,
  PREFIX_LENGTH,
  RESOLVER_FILE,
  SWITCH_ADDRESS,
} from "./addresses.ts";
import type { AgentBoot } from "./agent/protocol.ts";
import { PACKAGE_FOLDER } from "./template.ts";

export interface SpaceOptions {
  readonly port: number;
  readonly diskSize: string;
  readonly appFolder: string;
  readonly patroniFolder: string;
  readonly logFolder: string;
}

export const NAMESPACES = [
  "--net",
  "--mount",
  "--pid",
  "--ipc",
  "--uts",
  "--fork",
  "--kill-child=SIGKILL",
  "--mount-proc",
];
const AGENT = entryBeside(import.meta.url, "./agent/main");

/**
 * Opens the users' port on the host's loopback interface and passes it down as descriptor 3, all in one turn of the event loop,
 * so that no connection is accepted here. HAProxy accepts connections on it from inside the lab: no network link joins the two.
 */
export function spawnLab(options: SpaceOptions): Promise<{ child: ChildProcess; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (cause) => reject(portTaken(options.port, cause)));
    server.listen({ port: options.port, host: "127.0.0.1" }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      const descriptor = (server as unknown as { _handle: { fd: number } })._handle.fd;
      const child = spawnWith(options, descriptor);
      server.close();
      child.once("error", reject);
      child.once("spawn", () => resolve({ child, port }));
    });
  });
}

function spawnWith(options: SpaceOptions, descriptor: number): ChildProcess {
  const boot = JSON.stringify(labBoot(options));
  const log = openSync(`${options.logFolder}/lab.log`, "a", 0o644);
  const inside = ["unshare", ...NAMESPACES, "tini", "-s", "--", process.execPath, AGENT, boot];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...inside], {
    env: { PATH, LANG: "C.UTF-8" },
    cwd: "/",
    detached: true, // Ctrl-C in the terminal is for this process alone: the lab must live until it is healed
    stdio: ["pipe", log, log, descriptor],
  });
  closeSync(log);
  return child;
}

function labBoot(options: SpaceOptions): AgentBoot {
  return {
    socket: agentSocketOf("switch"),
    tied: true,
    before: [
      ...mounts(options),
      ["ip", "link", "set", "lo", "up"],
      ["ip", "link", "add", "br0", "type", "bridge"],
      ["ip", "addr", "add", `${SWITCH_ADDRESS}/${PREFIX_LENGTH}`, "dev", "br0"],
      ["ip", "link", "set", "br0", "up"],
      ["hostname", "switch"],
    ],
  };
}

/**
 * Builds the tree elsewhere and then moves it onto /srv, so that an app whose folder is under /srv or /tmp is still seen.
 * Everything that is bound is read-only except the logs; a folder under a home directory that only its owner may enter becomes
 * reachable.
 */
function mounts(options: SpaceOptions): string[][] {
  const sources: [string, string, "ro" | "rw"][] = [
    [options.appFolder, FOLDER.app, "ro"],
    [process.execPath, FOLDER.node, "ro"],
    [options.patroniFolder, FOLDER.patroni, "ro"],
    [PACKAGE_FOLDER, FOLDER.gameday, "ro"],
    [options.logFolder, FOLDER.log, "rw"],
  ];
  const stage = ["/mnt", "/media", "/opt"].find((folder) => sources.every(([from]) => !from.startsWith(`${folder}/`)));
  const at = (inside: string) => inside.replace(FOLDER.root, stage ?? "/mnt");
  const folders = [FOLDER.app, FOLDER.bin, FOLDER.patroni, FOLDER.gameday, FOLDER.log, FOLDER.haproxy, FOLDER.etcd];
  return [
    ["mount", "-t", "tmpfs", "-o", "mode=755,size=1g", "gameday", at(FOLDER.root)],
    ["mkdir", "-p", ...[...folders, ...NODES.map(diskOf)].map(at)],
    ["touch", at(FOLDER.node)],
    ...NODES.map((node) => ["mount", "-t", "tmpfs", "-o", `mode=755,size=${options.diskSize}`, node, at(diskOf(node))]),
    ...sources.flatMap(([from, to, mode]) => bind(from, at(to), mode)),
    ["mount", "--move", at(FOLDER.root), FOLDER.root],
    ["mount", "-t", "tmpfs", "-o", "mode=1777,size=256m", "tmp", "/tmp"],
  ];
}

function bind(from: string, to: string, mode: "ro" | "rw"): string[][] {
  const bound = ["mount", "--bind", from, to];
  return mode === "rw" ? [bound] : [bound, ["mount", "-o", "remount,bind,ro", to]];
}

/** Where /etc/resolv.conf is a link into /run (systemd-resolved), its target no longer exists inside, so it is created first. */
const BIND_RESOLVER =
  'f=$(readlink -m /etc/resolv.conf) && mkdir -p "$(dirname "$f")" && { [ -e "$f" ] || : > "$f"; } && ' +
  `mount --bind ${RESOLVER_FILE} "$f"`;

export function nodeBoot(node: NodeName): AgentBoot {
  const tmpfs = (folder: string, mode: string) => [
    "mount",
    "-t",
    "tmpfs",
    "-o",
    `mode=${mode},size=256m`,
    node,
    folder,
  ];
  return {
    socket: agentSocketOf(node),
    tied: false,
    before: [
      ["hostname", node],
      tmpfs("/run", "755"),
      tmpfs("/tmp", "1777"),
      tmpfs("/dev/shm", "1777"),
      ["sh", "-c", BIND_RESOLVER],
      ["ip", "link", "set", "lo", "up"],
    ],
  };
}

export function agentInside(): string {
  return `${FOLDER.gameday}/${relative(PACKAGE_FOLDER, AGENT)}`;
}

function portTaken(port: number, cause: Error): GamedayError {
  return new GamedayError({
    code: "lab-port-taken",
    expected: `port ${port} of 127.0.0.1 to be free`,
    got: cause.message,
    hint: "omit `port` from the plan, and any free one is used",
    exitCode: ExitCode.notReady,
    cause,
  });
}
