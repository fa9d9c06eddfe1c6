/** What a person says of an app, and what its folder shows: how it is started, and what users do with it. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GamedayError } from "../../std/errors.ts";

/** What is known of an app before it is started. */
export interface AppAnswers {
  readonly name: string;
  /** The absolute path of the folder that is mounted at /srv/app. */
  readonly directory: string;
  readonly command: readonly string[];
  readonly prepare: readonly string[] | null;
  readonly readiness: string | null;
  /** Paths that users read. */
  readonly reads: readonly string[];
  readonly write: Write | null;
  readonly login: Login | null;
  readonly ledger: LedgerGiven | null;
}

/** A request that stores something under the id that {id} in it stands for. */
export interface Write {
  readonly method: string;
  readonly path: string;
  /** JSON in which "{id}" is replaced. */
  readonly body: string;
  /** Whether the body is sent as the fields of an HTML form, not as JSON. */
  readonly isForm: boolean;
}

export interface Login {
  readonly path: string;
  readonly body: string;
  /** The field of the answer that holds a bearer token; null when the login sets a cookie. */
  readonly tokenField: string | null;
  /** The HTML form that the path answers to a GET; null when the login is a request of an API. */
  readonly form: LoginForm | null;
}

/** A form by which people log in. */
export interface LoginForm {
  /** The hidden field whose value proves that the form was read before (a CSRF token); null when there is none. */
  readonly csrfField: string | null;
}

export type LedgerGiven =
  | { readonly kind: "http"; readonly path: string }
  | { readonly kind: "sql"; readonly table: string; readonly column: string };

/** Splits a command line into words. One that needs a shell (a variable, a pipe, &&) is given to one. */
export function argvOf(commandLine: string): string[] {
  if (/[$|&;<>`*?(){}~\n]|^\s*\w+=/.test(commandLine)) return ["sh", "-c", withExec(commandLine.trim())];
  const words = commandLine.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^(["'])(.*)\1$/, "$2"));
}

/**
 * Puts `exec` before the last command of a line, after the variables that are set for it, so that the app itself gets SIGTERM and not
 * the shell. A line whose last command is not certain (pipes, groups, quoted separators) is left as it is.
 */
function withExec(line: string): string {
  const bare = line.replaceAll(/\$\{\w+[^}]*\}|\$\([^()]*\)/g, "");
  const isUncertain = /[|(){}\n]|(?<!&)&(?!&)/.test(bare) || (/["'`]/.test(bare) && /[&;]/.test(bare));
  if (isUncertain) return line;
  const [, before = "", last = line] = /^(.*(?:&&|;)\s*)?(.*)$/.exec(line) ?? [];
  const [, variables = "", command = last] = /^((?:\w+=\S*\s+)*)(.*)$/.exec(last) ?? [];
  return command === "" || command.startsWith("exec ") ? line : `${before}${variables}exec ${command}`;
}

/** Returns "POST" and "/orders" of "POST /orders". Throws GamedayError for anything else. */
export function requestOf(given: string, flag: string): { readonly method: string; readonly path: string } {
  const [, method = "", path = ""] = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/.exec(given.trim()) ?? [];
  if (path !== "") return { method, path };
  throw usage(`${flag} with a method and a path`, `"${given}"`, `${flag} "POST /orders"`);
}

/** Returns the ledger of "orders.id" (SQL) or "/audit/orders" (HTTP). Throws GamedayError for anything else. */
export function ledgerOf(given: string): LedgerGiven {
  if (given.startsWith("/")) return { kind: "http", path: given };
  const [, table, column] = /^([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)$/i.exec(given) ?? [];
  if (table !== undefined && column !== undefined) return { kind: "sql", table, column };
  throw usage("--ledger with TABLE.COLUMN or a path", `"${given}"`, "--ledger orders.id, or --ledger /audit/orders");
}

/** Returns the text if it is JSON. Throws GamedayError for anything else. */
export function jsonOf(given: string, flag: string): string {
  try {
    JSON.parse(given);
    return given;
  } catch (cause) {
    throw usage(`${flag} with JSON`, `"${given}"`, `${flag} '{"id": "{id}"}'`, cause);
  }
}

export function usage(expected: string, got: string, hint: string, cause?: unknown): GamedayError {
  return new GamedayError({ code: "new-usage", expected, got, hint, cause });
}

/** How a folder's app is probably started, and what that guess is based on. */
export interface Guess {
  readonly command: readonly string[];
  readonly prepare: readonly string[] | null;
  readonly because: string;
}

/** Guesses how the app of a folder is started; null when nothing there says so. */
export function guessCommand(directory: string): Guess | null {
  return (
    [fromProcfile, fromPackage, fromDjango, fromJar].map((guess) => guess(directory)).find((one) => one !== null) ??
    null
  );
}

function fromProcfile(directory: string): Guess | null {
  const line = /^web:\s*(.+)$/m.exec(textOf(join(directory, "Procfile")) ?? "")?.[1];
  return line === undefined ? null : { command: argvOf(line), prepare: null, because: "the web line of Procfile" };
}

function fromPackage(directory: string): Guess | null {
  const text = textOf(join(directory, "package.json")) ?? "";
  const script = (name: string) => {
    const given = new RegExp(`"${name}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)+)"`).exec(text)?.[1];
    return given === undefined ? null : argvOf(withLocalProgram(directory, JSON.parse(`"${given}"`) as string));
  };
  const command = script("start");
  if (command === null) return null;
  const prepare = script("migrate") ?? script("db:migrate");
  const and = prepare === null ? "" : ", and its script that migrates";
  return { command, prepare, because: `scripts.start of package.json${and}` };
}

/** npm finds the programs of packages; the lab's PATH does not have them, so the first word becomes a path. */
function withLocalProgram(directory: string, line: string): string {
  const [word = ""] = line.split(/\s/, 1);
  const local = `node_modules/.bin/${word}`;
  return /^[\w.-]+$/.test(word) && existsSync(join(directory, local)) ? line.replace(word, local) : line;
}

function fromDjango(directory: string): Guess | null {
  const manage = textOf(join(directory, "manage.py"));
  if (manage === null) return null;
  const python = existsSync(join(directory, ".venv/bin/python")) ? ".venv/bin/python" : "python3";
  const prepare = [python, "manage.py", "migrate", "--noinput"];
  const [wsgi] = globSync("*/wsgi.py", { cwd: directory }).sort();
  // Started through Python: the first line of .venv/bin/gunicorn names the folder in which the environment was made.
  if (wsgi !== undefined && existsSync(join(directory, ".venv/bin/gunicorn"))) {
    const application = wsgi.replace("/wsgi.py", ".wsgi");
    return {
      command: ["sh", "-c", `exec ${python} -m gunicorn ${application} --bind 0.0.0.0:$PORT --threads 8`],
      prepare,
      because: "manage.py and gunicorn of .venv",
    };
  }
  return {
    command: ["sh", "-c", `exec ${python} manage.py runserver --noreload 0.0.0.0:$PORT`],
    prepare,
    because: "manage.py (Django's development server; a production server such as gunicorn is better)",
  };
}

function fromJar(directory: string): Guess | null {
  const [jar] = globSync(["target/*.jar", "build/libs/*.jar", "*.jar"], { cwd: directory }).sort();
  return jar === undefined ? null : { command: ["java", "-jar", jar], prepare: null, because: jar };
}

function textOf(file: string): string | null {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}
