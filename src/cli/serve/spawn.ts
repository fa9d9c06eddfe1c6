/** Starts runs, loads and the dashboard itself as processes of their own, which outlive whoever started them. */
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { World } from "../../cli.ts";
import type { StartLoad } from "../../dashboard.ts";
import { runName } from "../../run/name.ts";
import { ExitCode, GamedayError } from "../../std/errors.ts";
import { STARTED_BY } from "../run/listen.ts";

const BEGIN_MS_MAX = 30_000;
const LOOK_EVERY_MS = 50;

export interface Places {
  readonly world: World;
  readonly stateFolder: string;
  readonly runsFolder: string;
}

export interface RunAsked {
  readonly plan: string;
  readonly seed?: string;
  readonly by: string;
}

/** Starts a game day and resolves with the name of its folder once it has begun. Throws what it printed if it could not begin. */
export async function startRunProcess(places: Places, { plan, seed, by }: RunAsked): Promise<string> {
  const given = seed ?? String(randomInt(1_000_000));
  const id = runName(basename(plan).replace(/\.ya?ml$/, ""), places.world.now(), given);
  const folder = join(places.runsFolder, id);
  await begun(places, { argv: ["run", plan, "--out", folder, "--seed", given], cwd: dirname(plan), by }, id);
  return id;
}

export async function startLoadProcess(places: Places, asked: StartLoad, by: string): Promise<string> {
  const { script, host, users, spawnRate, seconds, workers } = asked;
  const seed = String(randomInt(1_000_000));
  const id = runName(basename(script).replace(/\.[^.]+$/, ""), places.world.now(), seed);
  const flags = [
    ...["--host", host, "--users", String(users), "--seed", seed, "--quiet"],
    ...(spawnRate === undefined ? [] : ["--spawn-rate", String(spawnRate)]),
    ...["--duration", `${seconds ?? UNTIL_STOPPED_S}s`],
    ...(workers === undefined ? [] : ["--workers", String(workers)]),
  ];
  const argv = ["load", script, "--out", join(places.runsFolder, id), ...flags];
  await begun(places, { argv, cwd: dirname(script), by }, id);
  return id;
}

/** A load without a length lasts a week, which is until it is stopped. */
const UNTIL_STOPPED_S = 7 * 24 * 3600;

interface Process {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly by: string;
}

async function begun(
  { world, stateFolder, runsFolder }: Places,
  { argv, cwd, by }: Process,
  id: string,
): Promise<void> {
  mkdirSync(runsFolder, { recursive: true });
  const logFile = join(stateFolder, "dashboard", `${id}.log`);
  const env = { ...world.env, [STARTED_BY]: by };
  const child = detached([...world.self, ...argv], { cwd, logFile, env });
  let ended: number | null = null;
  child.once("exit", (code) => {
    ended = code ?? -1;
  });
  child.once("error", () => {
    ended = -1;
  });
  for (let waitedMs = 0; waitedMs < BEGIN_MS_MAX; waitedMs += LOOK_EVERY_MS) {
    if (existsSync(join(runsFolder, id, "run.json"))) return;
    if (ended !== null) break;
    await delay(LOOK_EVERY_MS);
  }
  if (ended === null) child.kill("SIGINT");
  throw notBegun(logFile);
}

export interface DetachedOptions {
  readonly cwd: string;
  readonly logFile: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Starts a process in a session of its own; what it prints goes to a file that only its owner may read. */
export function detached(argv: readonly string[], { cwd, logFile, env }: DetachedOptions) {
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const log = openSync(logFile, "a", 0o600);
  try {
    const [file = "", ...rest] = argv;
    const child = spawn(file, rest, { cwd, env, detached: true, stdio: ["ignore", log, log] });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

function notBegun(logFile: string): GamedayError {
  const lines = readFileSync(logFile, "utf8").trim().split("\n").slice(-5);
  return new GamedayError({
    code: "not-begun",
    expected: "the run to begin",
    got: lines.join(" ").slice(0, 1_000) || "its end, without a message",
    exitCode: ExitCode.notReady,
  });
}
