/** The page on which a plan or a load is started: first what it will touch, then the button. */
import type { CheckAnswer } from "../api/bodies.ts";
import { el, type ViewChild, type ViewNode } from "../view.ts";
import { controlButton, type PageRights } from "./button.ts";
import { choice, field } from "./dialogs.ts";
import { duration } from "./figures.ts";

export interface OfferedPlan {
  readonly file: string;
  readonly name: string | null;
  readonly platform: string | null;
  readonly trouble: string | null;
}

export interface StartView {
  readonly plans: readonly OfferedPlan[];
  readonly plansFolder: string | null;
  readonly scripts: readonly string[];
  readonly scriptsFolder: string | null;
  readonly plan: string;
  readonly checked: CheckAnswer | null;
  readonly isChecking: boolean;
  readonly rights: PageRights;
  /** What went wrong, by the form that it concerns. */
  readonly troubles: { readonly plan: string | null; readonly load: string | null };
}

export function renderStart(view: StartView): ViewNode[] {
  return [
    el(
      "main",
      { id: "main", class: "start", tabindex: "-1", key: "main" },
      el("h1", {}, "Start"),
      renderPlan(view),
      renderLoad(view),
    ),
  ];
}

function renderPlan(view: StartView): ViewNode {
  const { plans, plansFolder, plan, checked, isChecking, rights, troubles } = view;
  if (plans.length === 0) return section("A plan", noFiles("plans", plansFolder, "--plans"));
  const options = plans.map(({ file, name }) => [file, name === null ? file : `${name} (${file})`] as const);
  const trouble = plans.find(({ file }) => file === plan)?.trouble ?? null;
  const mayStart = checked?.sound === true ? null : "check the plan first to see what it will touch";
  const permissions = mayStart === null ? null : { "start-plan": { allowed: false, because: mayStart } };
  return section(
    "A plan",
    el(
      "form",
      { "data-form": "plan" },
      choice({ name: "plan", label: "Plan", options, value: plan }),
      field({ name: "seed", label: "Seed (empty: a new one)" }),
      checked?.needsConfirm === true &&
        field({
          name: "confirm",
          label: `Type “${checked.platform ?? ""}” to confirm that this platform may be broken`,
          required: true,
        }),
      el(
        "div",
        { class: "buttons" },
        controlButton({
          control: "check-plan",
          permissions: null,
          rights,
          label: isChecking ? "Checking ..." : "Check a plan",
        }),
        controlButton({ control: "start-plan", permissions: permissions as never, rights, kind: "danger" }),
      ),
    ),
    trouble !== null && el("p", { class: "fail" }, trouble),
    troubles.plan !== null && el("p", { class: "fail", role: "alert" }, troubles.plan),
    checked !== null && renderChecked(checked),
  );
}

function renderChecked({ sound, findings, says, platform, expectedMs }: CheckAnswer): ViewNode {
  const place = ({ file, line, column }: CheckAnswer["findings"][number]) =>
    file === null ? "" : `${file}:${line ?? 1}:${column ?? 1}: `;
  return el(
    "div",
    { class: "checked", role: "status" },
    el("h3", {}, sound ? `Valid. On ${platform ?? "?"}, about ${duration(expectedMs ?? 0)}. It will:` : "Not valid:"),
    findings.length > 0 &&
      el(
        "ul",
        {},
        findings.map((finding) =>
          el(
            "li",
            { class: "fail" },
            place(finding),
            finding.says,
            finding.hint !== null && el("span", { class: "dim" }, ` ${finding.hint}`),
          ),
        ),
      ),
    says.length > 0 && el("pre", {}, says.join("\n")),
  );
}

function renderLoad({ scripts, scriptsFolder, rights, troubles }: StartView): ViewNode {
  if (scripts.length === 0) return section("A load", noFiles("scripts", scriptsFolder, "--scripts"));
  return section(
    "A load",
    el(
      "form",
      { "data-form": "load" },
      choice({
        name: "script",
        label: "Script",
        options: scripts.map((file) => [file, file] as const),
        value: scripts[0] ?? "",
      }),
      field({
        name: "host",
        label: "Host that receives the requests",
        type: "url",
        value: "http://127.0.0.1:8080",
        required: true,
      }),
      field({ name: "users", label: "Users", type: "number", value: "10", required: true }),
      field({ name: "spawnRate", label: "Users started a second (empty: all at once)", type: "number" }),
      field({ name: "seconds", label: "Seconds (empty: until it is stopped)", type: "number" }),
      el(
        "div",
        { class: "buttons" },
        controlButton({ control: "start-load", permissions: null, rights, kind: "danger" }),
      ),
    ),
    troubles.load !== null && el("p", { class: "fail", role: "alert" }, troubles.load),
  );
}

function section(title: string, ...children: readonly ViewChild[]): ViewNode {
  return el("section", { class: "wide", "aria-label": title }, el("h2", {}, title), children);
}

function noFiles(what: string, folder: string | null, flag: string): ViewNode {
  const where = folder === null ? `The server was started without ${flag} DIR` : `There are no ${what} in ${folder}`;
  return el(
    "p",
    {},
    `${where}. Start it as `,
    el("code", {}, `gameday serve ${flag} DIR`),
    `, or type the command in a terminal.`,
  );
}
