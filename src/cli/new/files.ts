/** The texts that `gameday new` writes: a plan, a scenario, probes, and a job for CI. Pure. */
import { stringify } from "yaml";
import type { AppAnswers, LedgerGiven, Login, Write } from "./app.ts";

export interface Scaffold {
  readonly app: AppAnswers;
  /** The path of the app's folder as the plan names it. */
  readonly directory: string;
  readonly readiness: string;
  readonly reads: readonly string[];
  /** What could not be found out, as questions. */
  readonly questions: readonly string[];
}

const USERS = 20;

/** Returns the plan, as YAML with comments. */
export function planText(scaffold: Scaffold): string {
  const { app, questions } = scaffold;
  const parts = [
    [
      "# yaml-language-server: $schema=../node_modules/gameday/schema/plan.json",
      "# Written by `gameday new`. docs/guide/plan.md explains each part; every key is in docs/reference/plan.md.",
      ...questions.map((question) => `# QUESTION: ${question}`),
    ].join("\n"),
    stringify({ name: app.name, platform: platformOf(scaffold) }).trimEnd(),
    stringify({ load: { scenarios: [{ file: "scenarios/visit.ts" }], vus: USERS, rampUp: "5s" } }).trimEnd(),
    "# Steady users that measure outages. Each class beats 2 x rate times a second.\n" +
      stringify({ probes: { file: "probes.ts", rate: 10 }, warmUp: "10s", calm: "10s" }).trimEnd(),
    stringify({ experiments: EXPERIMENTS }).trimEnd(),
    ...claimsOf(app),
    stringify({ objectives: objectivesOf(app) }, { lineWidth: 0 }).trimEnd(),
  ];
  return `${parts.join("\n\n")}\n`;
}

function platformOf({ app, directory, readiness }: Scaffold): object {
  return {
    kind: "lab",
    app: {
      directory,
      command: app.command,
      ...(app.prepare !== null && { prepare: app.prepare }),
      replicas: 3,
      readiness: { path: readiness, within: "90s" },
    },
  };
}

const EXPERIMENTS = [
  { name: "the database leader dies", fault: "kill-leader", target: { role: "postgres" }, hold: "30s", settle: "10s" },
  { name: "the Redis master dies", fault: "kill-leader", target: { role: "redis" }, hold: "30s", settle: "10s" },
  { name: "two replicas die", fault: "kill-replicas", hold: "15s", settle: "10s" },
];

function claimsOf({ write, ledger }: AppAnswers): string[] {
  if (write === null || ledger === null) return [];
  const claims = [{ object: "writes", checkers: ["acked-set", "duplicates"], ledger: sourceOf(ledger) }];
  return [
    `# What was acknowledged to users must be stored at the end, exactly once.\n${stringify({ claims }, { lineWidth: 0 }).trimEnd()}`,
  ];
}

function sourceOf(ledger: LedgerGiven): object {
  if (ledger.kind === "http") return { http: ledger.path };
  const { table, column } = ledger;
  return { sql: `select ${column} as id, count(*) from ${table} where ${column} like $1 || '%' group by 1` };
}

function objectivesOf({ write, ledger }: AppAnswers): object[] {
  const classes = write === null ? ["read"] : ["read", "write"];
  return [
    ...EXPERIMENTS.flatMap(({ name }) =>
      classes.map((each) => ({
        id: `${name} ${each}`.replaceAll(" ", "-").toLowerCase(),
        says: `users can ${each} again within 30 s after ${name}`.replace(
          /after (the .*|two .*) dies?$/,
          "after $1 died",
        ),
        measure: "recovery-seconds",
        over: { experiment: name, class: each },
        under: 30,
      })),
    ),
    {
      id: "success",
      says: "99 % of the requests succeed while nothing is broken",
      measure: "success-percent",
      over: { window: "outside" },
      atLeast: 99,
    },
    ...(write === null || ledger === null
      ? []
      : [{ id: "nothing-lost", says: "no acknowledged write is lost", measure: "lost-writes", atMost: 0 }]),
  ];
}

/** Returns the scenario: a user reads the paths that answered, and writes if that is known. */
export function scenarioText({ app, reads }: Scaffold): string {
  const { write, login } = app;
  const steps = [
    ...reads.map((path) => `    await user.http.get(${json(path)}, { name: ${json(path)} });\n    await user.think();`),
    ...(write === null ? [] : [writeStep(app, write)]),
  ];
  const imported = login === null ? "" : `import { logIn } from "../login.ts";\n`;
  const logsIn =
    login === null
      ? ""
      : "  onStart: (user) => logIn(user.http),\n  login: (user) => logIn(user.http), // again, after a 401\n";
  return `import { scenario } from "gameday";
${imported}
export default scenario({
  name: "visit",
  think: { uniform: ["1s", "3s"] },
${logsIn}  async run(user) {
${steps.join("\n")}
  },
});
`;
}

function writeStep(app: AppAnswers, write: Write): string {
  const name = json(`${write.method} ${write.path}`);
  return `    const id = user.uniqueId();
    await user.record({ object: "writes", kind: "add", id, input: { id } }, () =>
      user.http.${write.method.toLowerCase()}(${pathOf(write)}, { ${sentOf(app, write)}, name: ${name} }),
    );`;
}

/** Returns the options of the request that writes, as code without braces. */
function sentOf({ login }: AppAnswers, { isForm, body }: Write): string {
  const sent = `${isForm ? "form" : "json"}: ${bodyOf(body)}`;
  if (isForm) return `${sent}, redirects: 0`;
  // Where people log in by a form, a session that has ended is answered by a redirect to it, which must not count as a success.
  return login?.form == null ? sent : `${sent}, redirects: 0, expect: [200, 201, 202, 204]`;
}

/** Returns the probes: one class that reads, and one that writes if that is known. */
export function probesText({ app, reads }: Scaffold): string {
  const { write, login } = app;
  const imported = login === null ? "" : `import { logIn } from "./login.ts";\n`;
  const prepare = login === null ? "" : "    prepare: ({ http }) => logIn(http),\n";
  const read = `  {
    class: "read",
    object: "pages",
    kind: "read",
    timeout: "2s",
${prepare}    beat: ({ http }) => http.get(${json(reads[0] ?? "/")}),
  },`;
  const writes =
    write === null
      ? ""
      : `\n  {
    class: "write",
    object: "writes",
    kind: "add",
    timeout: "2s",
${prepare}    beat: ({ http, id }) => http.${write.method.toLowerCase()}(${pathOf(write)}, { ${sentOf(app, write)} }),
  },`;
  return `import { probes } from "gameday";
${imported}
export default probes([
${read}${writes}
]);
`;
}

/** Returns the module with which users and probes log in. */
export function loginText(login: Login): string {
  const lines = login.form === null ? apiLogin(login) : formLogin(login, login.form.csrfField);
  return `import type { Http } from "gameday";

/** Logs in, and throws if that is refused. */
export async function logIn(http: Http): Promise<void> {
${lines.map((line) => `  ${line}\n`).join("")}}
`;
}

function apiLogin({ path, body, tokenField }: Login): string[] {
  return [
    `const reply = await http.post(${json(path)}, { json: ${bodyOf(body)}, name: "login" });`,
    `if (!reply.ok) throw new Error("the login was answered with status " + reply.status);`,
    ...(tokenField === null
      ? []
      : [`http.header("Authorization", \`Bearer \${reply.json<{ ${tokenField}: string }>().${tokenField}}\`);`]),
  ];
}

/** A refused form is usually answered with status 200 and the same form again. */
function formLogin({ path, body }: Login, csrfField: string | null): string[] {
  const post = (fields: string) =>
    `const reply = await http.post(${json(path)}, { form: ${fields}, redirects: 0, name: "login" });`;
  const refused = `if (!reply.ok || /type=["']?password/.test(reply.text())) throw new Error("the login was refused, with status " + reply.status);`;
  if (csrfField === null) return [post(bodyOf(body)), refused];
  const field = /^[A-Za-z_]\w*$/.test(csrfField) ? csrfField : json(csrfField);
  return [
    `const page = await http.get(${json(path)}, { name: "login page" });`,
    'if (!page.ok) throw new Error("the page of the login was answered with status " + page.status);',
    `const token = /name="${csrfField}"[^>]*value="([^"]*)"/.exec(page.text())?.[1] ?? "";`,
    post(bodyOf(body).replace(/\s*\}$/, `, ${field}: token }`)),
    refused,
    ...(csrfField === "csrfmiddlewaretoken"
      ? [
          "// Django gives each session a new token, and demands it with every request that writes.",
          'http.header("X-CSRFToken", http.cookies.get("csrftoken"));',
        ]
      : ["// Requests that write may need a token as well: read it from a page, and send it with http.header()."]),
  ];
}

/** Returns a path as code; {id} in it becomes the id. */
function pathOf({ path }: Write): string {
  return path.includes("{id}") ? `\`${path.replaceAll("{id}", "$" + "{encodeURIComponent(id)}")}\`` : json(path);
}

/** Returns a body as code: the text "{id}" becomes the variable, and a longer text that contains it a template. */
function bodyOf(body: string): string {
  const spaced = JSON.stringify(JSON.parse(body), null, 1).replaceAll(/\s*\n\s*/g, " ");
  return spaced.replaceAll(/"((?:[^"\\]|\\.)*)"(\s*:)?/g, (whole, text: string, colon: string | undefined) => {
    if (colon !== undefined) return /^[A-Za-z_]\w*$/.test(text) ? `${text}${colon}` : whole;
    if (text === "{id}") return "id";
    return text.includes("{id}") ? `\`${text.replaceAll("{id}", "$" + "{id}")}\`` : whole;
  });
}

function json(text: string): string {
  return JSON.stringify(text);
}

/** Returns the job for a CI, and where it belongs. */
export function ciFile(which: "github" | "gitlab", plan: string): { readonly file: string; readonly text: string } {
  if (which === "github") return { file: ".github/workflows/game-day.yml", text: github(plan) };
  return { file: "gameday/game-day.gitlab-ci.yml", text: gitlab(plan) };
}

const github = (plan: string) => `name: game day
on: [pull_request]
jobs:
  game-day:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24 }
      - run: npm ci
      - run: sudo node node_modules/gameday/scripts/setup.mjs
      - run: sudo --preserve-env npx gameday run ${plan} --out run
      - if: always()
        uses: actions/upload-artifact@v4
        with: { name: game-day, path: run }
`;

const gitlab = (plan: string) => `# include: [gameday/game-day.gitlab-ci.yml]
game-day:
  image: node:24-bookworm
  tags: [privileged] # the lab makes namespaces
  script:
    - npm ci
    - node node_modules/gameday/scripts/setup.mjs
    - npx gameday run ${plan} --out run
  artifacts:
    when: always
    paths: [run]
    reports: { junit: run/junit.xml }
`;
