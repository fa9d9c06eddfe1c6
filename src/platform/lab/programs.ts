/**
 * The programs and users of this machine that the lab consists of: they are located, and their versions checked, before anything
 * starts.
 */
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import { exec } from "../../std/exec.ts";
import { PACKAGE_FOLDER } from "./template.ts";

export interface Programs {
  /** The folder of PostgreSQL's own programs. */
  readonly postgresFolder: string;
  readonly postgresVersion: string;
  readonly redisVersion: string;
  readonly patroniFolder: string;
}

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

export const PATRONI_VERSION = "3.1.2";
const SEARCH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** A program that the lab starts: what for, and the Debian package that has it. */
export interface NeededProgram {
  readonly name: string;
  readonly purpose: string;
  readonly packageName: string;
}

const needed = (packageName: string, purpose: string, ...names: string[]): NeededProgram[] =>
  names.map((name) => ({ name, purpose, packageName }));

/** Without these there is no lab. */
export const NEEDED_PROGRAMS: readonly NeededProgram[] = [
  ...needed("util-linux", "namespaces of the lab and its nodes", "setpriv", "unshare", "nsenter", "mount"),
  ...needed("iproute2", "network of the lab", "ip"),
  ...needed("hostname", "names of the nodes", "hostname"),
  ...needed("tini", "first process of each node", "tini"),
  ...needed("haproxy", "balancer", "haproxy"),
  ...needed("redis-server", "Redis", "redis-server"),
  ...needed("redis-sentinel", "Sentinel", "redis-sentinel"),
  ...needed("redis-tools", "Redis", "redis-cli"),
  ...needed("etcd-server", "store of Patroni", "etcd"),
  ...needed("coreutils", "deadlines of commands in nodes", "timeout"),
];

/** Without these, some faults are refused. */
export const FAULT_PROGRAMS: readonly NeededProgram[] = [
  ...needed("nftables", "faults that cut, drop, reset or mislead traffic", "nft"),
  ...needed("iproute2", "faults that delay traffic or limit its bandwidth", "tc"),
];

/** Locates everything; throws one error that names all missing programs and the one command that installs them. */
export async function findPrograms(signal: AbortSignal): Promise<Programs> {
  const postgresFolder = newestPostgres();
  const patroniFolder = findPatroni();
  const missing = NEEDED_PROGRAMS.map(({ name }) => name).filter((name) => findProgram(name) === undefined);
  if (postgresFolder === undefined) missing.push("PostgreSQL 14 to 17");
  if (patroniFolder === undefined) missing.push(`Patroni ${PATRONI_VERSION}`);
  if (missing.length > 0 || postgresFolder === undefined || patroniFolder === undefined) throw notInstalled(missing);
  const [postgresVersion, redisVersion] = await Promise.all([
    version([`${postgresFolder}/postgres`, "--version"], signal),
    version(["redis-server", "--version"], signal),
  ]);
  demandMajor("redis-server", redisVersion, 6, 8);
  return { postgresFolder, postgresVersion, redisVersion, patroniFolder };
}

/** Returns the path of a program in the folders where the lab looks, whatever PATH says; undefined when it is in none. */
export function findProgram(name: string): string | undefined {
  return SEARCH.map((folder) => `${folder}/${name}`).find(isExecutable);
}

/** Finds "7.0.15" in "Redis server v=7.0.15 sha=..." and "15.18" in "postgres (PostgreSQL) 15.18 (Debian ...)". */
export function parseVersion(text: string): string | undefined {
  return /(\d+\.\d+(\.\d+)*)/.exec(text)?.[1];
}

/** Returns a user of /etc/passwd, by name; throws when there is none. */
export function findUser(name: string): SystemUser {
  const user = parseUser(readFileSync("/etc/passwd", "utf8"), name);
  if (user !== undefined) return user;
  throw new GamedayError({
    code: "lab-user-missing",
    expected: `a user "${name}" on this machine`,
    got: "no such line in /etc/passwd",
    hint: setupHint(),
    exitCode: ExitCode.notReady,
  });
}

export function parseUser(passwd: string, name: string): SystemUser | undefined {
  const fields = passwd
    .split("\n")
    .map((line) => line.split(":"))
    .find(([user]) => user === name);
  return fields === undefined ? undefined : { uid: Number(fields[2]), gid: Number(fields[3]) };
}

export function setupHint(): string {
  return `run: sudo ${process.execPath} ${PACKAGE_FOLDER}scripts/setup.mjs`;
}

/** Returns the folder of the newest usable PostgreSQL; undefined when there is none. */
export function newestPostgres(): string | undefined {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return undefined;
  const majors = readdirSync(root).map(Number);
  const [newest] = majors.filter((major) => major >= 14 && major <= 17).sort((a, b) => b - a);
  const folder = `${root}/${newest}/bin`;
  return newest !== undefined && isExecutable(`${folder}/postgres`) ? folder : undefined;
}

/** Returns the folder of the pinned Patroni; undefined when it is not installed. */
export function findPatroni(): string | undefined {
  const folder = `/var/lib/gameday/patroni-${PATRONI_VERSION}`;
  return existsSync(`${folder}/bin/patroni`) ? folder : undefined;
}

async function version(argv: readonly string[], signal: AbortSignal): Promise<string> {
  const { stdout } = await exec(argv, { signal, deadlineMs: 5_000 });
  return parseVersion(stdout) ?? stdout.trim();
}

function demandMajor(program: string, found: string, lowest: number, highest: number): void {
  const major = Number.parseInt(found, 10);
  if (major >= lowest && major <= highest) return;
  throw new GamedayError({
    code: "lab-version",
    expected: `${program} ${lowest} to ${highest}`,
    got: found,
    exitCode: ExitCode.notReady,
  });
}

function notInstalled(missing: readonly string[]): GamedayError {
  return new GamedayError({
    code: "lab-program-missing",
    expected: "the lab's programs to be installed",
    got: `no ${missing.join(", no ")}`,
    hint: setupHint(),
    exitCode: ExitCode.notReady,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
