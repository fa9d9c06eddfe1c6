import { mkdirSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Command, Option } from "commander";
import type { World } from "../cli.ts";
import { takeLock } from "../run/lock.ts";
import { GamedayError } from "../std/errors.ts";
import { giveTo, isThere, replaceFile } from "../std/regular-file.ts";
import { keepLogs } from "./kept-logs.ts";
import { type AppAnswers, argvOf, guessCommand, jsonOf, ledgerOf, requestOf, usage } from "./new/app.ts";
import { ciFile, loginText, planText, probesText, type Scaffold, scenarioText } from "./new/files.ts";
import { lookAtApp, type Seen } from "./new/look.ts";
import { stateFolderOf } from "./state-folder.ts";

interface NewFlags {
  readonly command?: string;
  readonly directory: string;
  readonly name?: string;
  readonly prepare?: string;
  readonly readiness?: string;
  readonly read: readonly string[];
  readonly write?: string;
  readonly body: string;
  readonly form?: boolean;
  readonly login?: string;
  readonly loginBody: string;
  readonly token?: string;
  readonly ledger?: string;
  readonly ci?: "github" | "gitlab";
  readonly look: boolean;
  readonly force?: boolean;
}

/** `gameday new`: writes a plan, a scenario, probes and a job for CI for one's own app on the lab. What it writes runs at once. */
export function newCommand(world: World): Command {
  const appended = (value: string, before: readonly string[]) => [...before, value];
  return new Command("new")
    .description("start your app in the lab, inspect its answers, and write a plan, a scenario and probes for it")
    .argument("[folder]", "the folder to write", "gameday")
    .option(
      "--command <line>",
      "the command that starts one replica; it must listen on $PORT (default: what the app's folder suggests)",
    )
    .option("--directory <folder>", "the app's folder", ".")
    .option("--name <name>", "the plan's name (default: that of the app's folder)")
    .option("--prepare <line>", "a command that runs once before, such as a schema migration")
    .option(
      "--readiness <path>",
      "the path that answers 2xx when a replica can serve users (default: a usual path that does)",
    )
    .option(
      "--read <path>",
      "a path that users read; may be repeated (default: what the app itself links or documents)",
      appended,
      [],
    )
    .option("--write <request>", 'a request that stores something under the client\'s id: "POST /orders"')
    .option("--body <json>", "its body; {id} stands for the id", '{"id":"{id}"}')
    .option("--form", "send that body as the fields of an HTML form, not as JSON")
    .option("--login <path>", "the path to which a login is posted; if it shows a form, that is filled in")
    .option(
      "--login-body <json>",
      "the login's body or the fields of its form",
      '{"name":"gameday","password":"gameday"}',
    )
    .option("--token <field>", "the field of the login's answer that holds a bearer token (default: a cookie is set)")
    .option(
      "--ledger <where>",
      "where writes are read back: TABLE.COLUMN of PostgreSQL, or a path such as /audit/orders",
    )
    .addOption(new Option("--ci <kind>", "also write a job for this CI").choices(["github", "gitlab"]))
    .option("--no-look", "do not start the app, but use only the flags")
    .option("--force", "overwrite files")
    .action((folder: string, flags: NewFlags) => create(world, folder, flags));
}

async function create(world: World, given: string, flags: NewFlags): Promise<void> {
  const folder = resolve(world.cwd, given);
  const app = appOf(world, flags);
  const planned = filesOf(folder, { app, directory: "", readiness: "/", reads: [], questions: [] }, world.cwd, flags);
  if (flags.force !== true) requireNew(world, [...planned.keys()]);
  const seen = flags.look ? await look(world, app) : null;
  const scaffold = scaffoldOf(folder, app, seen);
  for (const [file, text] of filesOf(folder, scaffold, world.cwd, flags)) {
    mkdirSync(dirname(file), { recursive: true });
    replaceFile(file, text);
    giveTo(world.owner, file);
    world.stdout.write(`wrote ${relative(world.cwd, file)}\n`);
  }
  for (const question of scaffold.questions) world.stdout.write(`question: ${question}\n`);
  world.stdout.write(`next: gameday try ${relative(world.cwd, join(folder, PLAN))}\n`);
}

const PLAN = "plan.yaml";

function appOf(world: World, flags: NewFlags): AppAnswers {
  const directory = resolve(world.cwd, flags.directory);
  const guess = flags.command === undefined ? guessCommand(directory) : null;
  if (flags.command === undefined && guess === null)
    throw usage(
      "--command with the command that starts one replica",
      "none, and no Procfile, package.json, manage.py or jar",
      '--command "node server.js"',
    );
  if (guess !== null) world.stdout.write(`command: ${guess.command.join(" ")} (from ${guess.because})\n`);
  if (guess?.prepare != null && flags.prepare === undefined)
    world.stdout.write(`prepare: ${guess.prepare.join(" ")} (from ${guess.because})\n`);
  return {
    name: flags.name ?? nameOf(directory),
    directory,
    command: flags.command === undefined ? (guess?.command ?? []) : argvOf(flags.command),
    prepare: flags.prepare === undefined ? (guess?.prepare ?? null) : argvOf(flags.prepare),
    readiness: flags.readiness ?? null,
    reads: flags.read,
    write: flags.write === undefined ? null : writeOf(flags.write, flags),
    login: flags.login === undefined ? null : loginOf(flags.login, flags),
    ledger: flags.ledger === undefined ? null : ledgerOf(flags.ledger),
  };
}

function writeOf(request: string, { body, form = false }: NewFlags): AppAnswers["write"] {
  return { ...requestOf(request, "--write"), body: jsonOf(body, "--body"), isForm: form };
}

function loginOf(path: string, { loginBody, token }: NewFlags): AppAnswers["login"] {
  return { path, body: jsonOf(loginBody, "--login-body"), tokenField: token ?? null, form: null };
}

function nameOf(directory: string): string {
  return (
    basename(directory)
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, "-") || "app"
  );
}

function requireNew(world: World, files: readonly string[]): void {
  const there = files.filter((file) => isThere(file)).map((file) => relative(world.cwd, file));
  if (there.length === 0) return;
  throw new GamedayError({
    code: "new-exists",
    expected: "files that do not exist yet",
    got: `${there.join(", ")} already there`,
    hint: "name another folder, or overwrite with --force",
  });
}

/** How long the lab, the app's preparation and its readiness may take together. */
const LOOK_MS_MAX = 240_000;

async function look(world: World, app: AppAnswers): Promise<Seen> {
  world.stdout.write("starting the app in a lab to see what it answers, which takes about half a minute\n");
  const ending = new AbortController();
  using _interrupt = world.onInterrupt((signal) => ending.abort(new Error(signal)));
  await using _lock = await takeLock("run", { pid: world.pid, runId: "new", since: world.now().toISOString() });
  const limit = AbortSignal.any([ending.signal, AbortSignal.timeout(LOOK_MS_MAX)]);
  const seen = await lookAtApp(
    app,
    { stateFolder: stateFolderOf(world), failed: (folder) => keepLogs(world, folder, folder) },
    limit,
  );
  for (const [path, status] of seen.asked) if (status !== 404) world.stdout.write(`  GET ${path}: ${status}\n`);
  return seen;
}

function scaffoldOf(folder: string, given: AppAnswers, seen: Seen | null): Scaffold {
  const path = seen?.loginPath ?? given.login?.path ?? "";
  const login = given.login === null ? null : { ...given.login, path, form: seen?.loginForm ?? null };
  const app = { ...given, login };
  const readiness = app.readiness ?? seen?.readiness ?? null;
  const reads = seen === null ? app.reads : seen.reads;
  return {
    app,
    directory: relative(folder, app.directory) || ".",
    readiness: readiness ?? reads[0] ?? "/",
    reads: reads.length > 0 ? reads : ["/"],
    questions: questionsOf(app, readiness, reads, seen),
  };
}

function questionsOf(app: AppAnswers, readiness: string | null, reads: readonly string[], seen: Seen | null): string[] {
  const writes =
    seen === null || seen.writes.length === 0 ? "" : ` The app's own document names ${seen.writes.join(", ")}.`;
  const absent = app.reads.filter((path) => seen !== null && ![path, `${path}/`].some((one) => reads.includes(one)));
  return [
    ...(readiness === null
      ? ["which path shows that a replica can serve users? None of the usual ones answered (--readiness)."]
      : []),
    ...(reads.length === 0 ? ["which path do users read? None was found, so the scripts read / (--read)."] : []),
    ...absent.map((path) => `why did ${path} answer ${seen?.asked.get(path)}? It was left out.`),
    ...(app.write === null
      ? [
          `which request stores something under an id that the client chooses?${writes} Without one, a lost write cannot be detected (--write, --body).`,
        ]
      : []),
    ...(app.write !== null && app.ledger === null
      ? ["where are writes read back? Without a ledger, a lost write cannot be detected (--ledger)."]
      : []),
  ];
}

function filesOf(folder: string, scaffold: Scaffold, cwd: string, { ci }: NewFlags): Map<string, string> {
  const job = ci === undefined ? null : ciFile(ci, relative(cwd, join(folder, PLAN)));
  return new Map([
    [join(folder, PLAN), planText(scaffold)],
    [join(folder, "scenarios/visit.ts"), scenarioText(scaffold)],
    [join(folder, "probes.ts"), probesText(scaffold)],
    ...(scaffold.app.login === null ? [] : [[join(folder, "login.ts"), loginText(scaffold.app.login)] as const]),
    [join(folder, ".gitignore"), "runs/\n"],
    ...(job === null ? [] : [[resolve(cwd, job.file), job.text] as const]),
  ]);
}
