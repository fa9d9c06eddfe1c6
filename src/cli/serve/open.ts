/** Shows a run or a load on the dashboard: on the one that serves its folder already, or on one that is started for it. */
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { World } from "../../cli.ts";
import { GamedayError, messageOf } from "../../std/errors.ts";
import { stateFolderOf } from "../state-folder.ts";
import { dashboardAt, newLink } from "./client.ts";
import { readPlace } from "./place.ts";
import { detached } from "./spawn.ts";
import { readToken, tokenPath } from "./token.ts";

export const DASHBOARD_PORT = 8089;
/** If another dashboard, or another program, has the port, the next ones are tried. */
const PORTS_MAX = 10;
const START_MS_MAX = 15_000;
const LOOK_EVERY_MS = 50;
/** A dashboard that was started for a run ends when nobody has watched it for this long. */
const UNTIL_IDLE = "10m";

export interface ShownRun {
  /** The folder of the run, in the folder that the dashboard serves. */
  readonly folder: string;
  /** Where plans or scripts lie that may be started from the dashboard, too. */
  readonly flags: readonly string[];
}

/** Prints the link to the run. A dashboard that cannot be started is said, and changes nothing for the run. */
export async function showOnDashboard(world: World, shown: ShownRun): Promise<void> {
  try {
    const port = await portFor(world, shown);
    await say(world, port, shown);
  } catch (thrown) {
    const why = thrown instanceof GamedayError ? thrown.message : messageOf(thrown);
    world.stderr.write(`gameday: no dashboard: ${why}; \`gameday serve ${dirname(shown.folder)}\` starts one\n`);
  }
}

/** Returns the port of a dashboard of this folder, and starts one if there is none. */
async function portFor(world: World, { folder, flags }: ShownRun): Promise<number> {
  const stateFolder = stateFolderOf(world);
  const runsFolder = dirname(folder);
  for (let port = DASHBOARD_PORT; port < DASHBOARD_PORT + PORTS_MAX; port++) {
    if ((await dashboardAt(port)) === null) {
      if (await started(world, { port, runsFolder, flags, stateFolder })) return port;
    } else if (readPlace(stateFolder, port)?.runsFolder === runsFolder) return port;
  }
  throw new GamedayError({
    code: "no-port",
    expected: `a free port from ${DASHBOARD_PORT} to ${DASHBOARD_PORT + PORTS_MAX - 1}`,
    got: "other programs on all of them",
  });
}

interface Starting {
  readonly port: number;
  readonly runsFolder: string;
  readonly flags: readonly string[];
  readonly stateFolder: string;
}

/** Starts a dashboard as a process of its own. Returns false if it ended at once: something else has the port. */
async function started(world: World, { port, runsFolder, flags, stateFolder }: Starting): Promise<boolean> {
  const argv = [...world.self, "serve", runsFolder, "--port", String(port), "--until-idle", UNTIL_IDLE, ...flags];
  const logFile = join(stateFolder, "dashboard", `${port}.log`);
  const child = detached(argv, { cwd: world.cwd, logFile, env: { ...world.env } });
  let hasEnded = false;
  child.once("exit", () => {
    hasEnded = true;
  });
  child.once("error", () => {
    hasEnded = true;
  });
  for (let waitedMs = 0; waitedMs < START_MS_MAX && !hasEnded; waitedMs += LOOK_EVERY_MS) {
    if ((await dashboardAt(port)) !== null && readPlace(stateFolder, port)?.pid === child.pid) return true;
    await delay(LOOK_EVERY_MS);
  }
  if (!hasEnded) child.kill("SIGTERM");
  return false;
}

/** Returns the line that says how to get a link that may control, where none is printed. */
export function howToControl(port: number): string {
  return `  the page there only reads; for a link that also controls: gameday serve --link --port ${port}\n`;
}

/** Prints a link that works once where a person reads it; elsewhere (CI) the file of the token, because logs are kept and shared. */
async function say(world: World, port: number, { folder }: ShownRun): Promise<void> {
  const stateFolder = stateFolderOf(world);
  const page = `http://127.0.0.1:${port}/runs/${encodeURIComponent(basename(folder))}`;
  const token = readToken(stateFolder, port);
  const link = world.stderr.isTTY && token !== null ? await newLink(port, token) : null;
  const code = link?.split("#code=")[1];
  const how = code === undefined ? `${page} (the token is in ${tokenPath(stateFolder, port)})` : `${page}#code=${code}`;
  world.stderr.write(`dashboard: ${how}\n${code === undefined ? howToControl(port) : ""}`);
}
