import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { World } from "../cli.ts";
import { isLoopback, startDashboard } from "../dashboard/start.ts";
import { loadPage } from "../page.ts";
import { parseDuration } from "../plan/duration.ts";
import { monotonicClock } from "../std/clock.ts";
import { ExitCode, GamedayError } from "../std/errors.ts";
import { newLink } from "./serve/client.ts";
import { Idleness } from "./serve/idleness.ts";
import { LocalMachine } from "./serve/machine.ts";
import { DASHBOARD_PORT, howToControl } from "./serve/open.ts";
import { keepPlace } from "./serve/place.ts";
import { forgetDeadTokens, forgetToken, keptToken, readToken, tokenPath } from "./serve/token.ts";
import { stateFolderOf } from "./state-folder.ts";

interface ServeFlags {
  readonly port: number;
  readonly listen?: string;
  readonly allowHost?: string[];
  readonly readOnly?: true;
  readonly private?: true;
  readonly plans?: string;
  readonly scripts?: string;
  readonly allowCode?: true;
  readonly link?: true;
  readonly untilIdle?: number;
}

/** `gameday serve [RUNS]`: the dashboard and its API for the runs of a folder, those in progress and those that are over. */
export function serveCommand(world: World): Command {
  return new Command("serve")
    .description("serve the dashboard and its API: watch and control runs, open and compare earlier ones")
    .argument("[runs]", "the folder with the run folders", "runs")
    .option("--port <port>", "the port; 0 takes any free one", portOf, DASHBOARD_PORT)
    .option("--listen <address>", "listen beyond this machine; reading then needs the token as well")
    .option(
      "--allow-host <host:port>",
      "a further value of the Host header, such as that of a port-forward; may be repeated",
      several,
    )
    .option("--read-only", "show everything, but control nothing")
    .option("--private", "demand the token for reading on this machine as well")
    .option("--plans <folder>", "allow plans below it to be started from the dashboard")
    .option("--scripts <folder>", "allow load scripts below it to be started from the dashboard")
    .option("--allow-code", "allow faults to run commands that a plan or a caller gives")
    .option("--link", "print a new link of the running dashboard, and where its token is kept")
    .option("--until-idle <time>", "end when there have been no watchers and no runs for this time", milliseconds)
    .action(async (runs: string, flags: ServeFlags) => {
      if (flags.link === true) return await printLink(world, flags.port);
      await serve(world, resolve(world.cwd, runs), flags);
    });
}

async function serve(world: World, runsFolder: string, flags: ServeFlags): Promise<void> {
  const stateFolder = stateFolderOf(world);
  const host = flags.listen ?? "127.0.0.1";
  const folder = (given: string | undefined) => (given === undefined ? undefined : resolve(world.cwd, given));
  const [plansFolder, scriptsFolder] = [folder(flags.plans), folder(flags.scripts)];
  const machine = new LocalMachine({
    world,
    stateFolder,
    runsFolder,
    ...(plansFolder !== undefined && { plansFolder }),
    ...(scriptsFolder !== undefined && { scriptsFolder }),
  });
  const clock = monotonicClock();
  await using dashboard = await startDashboard({
    runsFolder,
    host,
    port: flags.port,
    allowedHosts: flags.allowHost ?? [],
    token: (port) => keptToken(stateFolder, port),
    isReadOnly: flags.readOnly === true,
    isPrivate: flags.private === true,
    isCodeAllowed: flags.allowCode === true,
    page: await loadPage(),
    machine,
    version: world.version,
    wallMs: () => world.now().getTime(),
    monotonicMs: () => clock.nowMs(),
    log: (line) => world.stderr.write(`${line}\n`),
  });
  const { port } = dashboard;
  using _place = keepPlace(stateFolder, port, { runsFolder, pid: world.pid });
  using _token = { [Symbol.dispose]: () => forgetToken(stateFolder, port) };
  forgetDeadTokens(stateFolder, { port, isAlive: (pid) => world.isAlive(pid), nowMs: world.now().getTime() });
  sayWhere(world, { link: dashboard.link(), host, port, token: tokenPath(stateFolder, port) });
  await ended(world, new Idleness(dashboard.runs, flags.untilIdle ?? null));
}

interface Where {
  readonly link: string;
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

/**
 * Prints the link where a person reads it. Elsewhere (CI) only the file of the token is named, and how to get a link: logs are kept
 * and shared.
 */
function sayWhere(world: World, { link, host, port, token }: Where): void {
  if (world.stdout.isTTY)
    world.stdout.write(
      `dashboard: ${link}\n  the link works once, within 10 minutes; to print another: gameday serve --link\n`,
    );
  else world.stdout.write(`dashboard: ${link.split("#", 1)[0]} (the token is in ${token})\n${howToControl(port)}`);
  if (isLoopback(host)) return;
  const [red, plain] = world.stderr.isTTY ? ["\u001b[31m", "\u001b[0m"] : ["", ""];
  world.stderr.write(
    `${red}gameday: everybody who can reach ${host} can reach this dashboard; without TLS, its token can be read in transit${plain}\n`,
  );
}

/** Resolves when the process is interrupted, or when nobody has needed the server for as long as was asked. */
function ended(world: World, idleness: Idleness): Promise<void> {
  return new Promise((resolveEnd) => {
    const end = () => {
      interrupts[Symbol.dispose]();
      idleness[Symbol.dispose]();
      resolveEnd();
    };
    const interrupts = world.onInterrupt(end);
    idleness.begin(end);
  });
}

async function printLink(world: World, port: number): Promise<void> {
  const stateFolder = stateFolderOf(world);
  const token = readToken(stateFolder, port);
  const link = token === null ? null : await newLink(port, token);
  if (link === null)
    throw new GamedayError({
      code: "no-dashboard",
      expected: `a dashboard of this user on port ${port}`,
      got: "none that answers",
      hint: "start one with `gameday serve`",
      exitCode: ExitCode.notReady,
    });
  world.stdout.write(
    `${link}\n  the link works once, within 10 minutes; the token is in ${tokenPath(stateFolder, port)}\n`,
  );
}

const PORT_MAX = 65_535;

export function portOf(given: string): number {
  const port = Number(given);
  if (/^\d+$/.test(given) && port <= PORT_MAX) return port;
  throw new InvalidArgumentError(`expected a port from 0 to ${PORT_MAX}`);
}

function several(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function milliseconds(given: string): number {
  const found = parseDuration(given);
  if (found !== undefined && found > 0) return found;
  throw new InvalidArgumentError('expected a time, such as "10m"');
}
