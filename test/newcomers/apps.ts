/**
 * Three apps as newcomers write them, and what these type to get a first game day: the folder of each is copied and its packages are
 * fetched. Everything that they need to know stands in docs/guide/own-repository.md and docs/guide/app-in-the-lab.md.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";

export interface Newcomer {
  readonly name: string;
  /** Commands that run in the app's folder, to get what it needs from package registries. */
  readonly install: readonly (readonly [string, ...string[]])[];
  /** The flags of `gameday new`. */
  readonly flags: readonly string[];
}

/** A shop of Node, with Express and pg, that nobody has to log in to. Its command is guessed; its ledger is SQL. */
const NODE: Newcomer = {
  name: "node",
  install: [["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]],
  flags: [
    ...["--prepare", "node migrate.js", "--write", "POST /orders", "--body", '{"id": "{id}", "article": 7}'],
    ...["--ledger", "orders.id", "--ci", "github"],
  ],
};

const PYTHON = ".venv/bin/python";

/** A shop of Django with its usual login: a form, a CSRF token and a session. Its command is guessed; its ledger is SQL. */
const DJANGO: Newcomer = {
  name: "django",
  install: [
    ["/usr/bin/python3", "-m", "venv", ".venv"],
    [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"],
    [PYTHON, "-m", "django", "startproject", "shop", "."],
    ["sh", "-c", "cat more_settings.py >> shop/settings.py && cat more_urls.py >> shop/urls.py"],
    [PYTHON, "manage.py", "makemigrations", "orders"],
  ],
  flags: [
    ...["--prepare", `${PYTHON} manage.py migrate --noinput && ${PYTHON} manage.py seed`],
    ...["--login", "/login/", "--login-body", '{"username": "gameday", "password": "a secret for tests"}'],
    ...["--write", "POST /orders/", "--body", '{"id": "{id}", "article": 7}', "--ledger", "orders_order.id"],
  ],
};

const DRIVER = "lib/postgresql-42.7.4.jar";

/** A shop of Java in one file with a JSON API, a token for each login, and an endpoint as its ledger. */
const JAVA: Newcomer = {
  name: "java",
  install: [["mvn", "-q", "dependency:copy", "-Dartifact=org.postgresql:postgresql:42.7.4", "-DoutputDirectory=lib"]],
  flags: [
    ...["--command", `java -cp ${DRIVER} App.java`, "--prepare", `java -cp ${DRIVER} App.java migrate`],
    ...["--login", "/api/login", "--login-body", '{"name": "gameday", "password": "a secret for tests"}'],
    ...["--token", "token", "--read", "/api/articles"],
    ...["--write", "POST /api/orders", "--body", '{"id": "{id}", "article": 7}', "--ledger", "/audit/orders"],
  ],
};

export const NEWCOMERS: readonly Newcomer[] = [NODE, DJANGO, JAVA];

/** Puts the app's own files into a folder. */
export function layOut({ name }: Newcomer, folder: string): void {
  cpSync(join(import.meta.dirname, name), folder, { recursive: true });
}
