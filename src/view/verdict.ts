/** The verdict, once there is one, with its files. */
import type { LiveState } from "../api.ts";
import { el, type ViewElement } from "../view.ts";
import { pill } from "./button.ts";
import { bytes, counted } from "./figures.ts";

/** The files that people open or download, with their words. */
const FILES: Readonly<Record<string, string>> = {
  "report.html": "report",
  "report.md": "report as Markdown",
  "verdict.json": "verdict",
  "stats.json": "statistics",
  "junit.xml": "JUnit",
  "timeline.ndjson": "timeline",
  "requests.csv": "requests",
  "failures.csv": "failures",
  "history.csv": "history by second",
};

type VerdictState = Pick<LiveState, "verdict" | "run">;

export function renderVerdict({ verdict, run }: VerdictState): ViewElement | null {
  if (verdict === null) return null;
  const findings = verdict.findings.filter(({ status }) => status !== "pass");
  const doubts = verdict.validity.filter(({ status }) => status !== "pass");
  return el(
    "section",
    { class: `verdict verdict-${verdict.verdict}`, "aria-label": "Verdict", key: "verdict" },
    el("h2", {}, "Verdict ", pill(verdict.verdict, verdict.verdict)),
    el("p", {}, verdict.sentence),
    findings.length + doubts.length > 0 &&
      el(
        "ul",
        {},
        [...findings, ...doubts]
          .slice(0, 8)
          .map(({ status, object, because }) => el("li", {}, pill(status, status), ` ${object}: ${because}`)),
      ),
    verdict.manualInterventions > 0 &&
      el("p", {}, `${counted(verdict.manualInterventions, "manual intervention")} changed this run.`),
    el("p", { class: "dim" }, `${counted(verdict.findings.length, "finding")} in all.`, " ", renderFiles(run)),
  );
}

/** Returns links to the files of a run that exist. */
export function renderFiles(run: LiveState["run"]): ViewElement {
  const links = run.files
    .filter(({ name }) => name in FILES)
    .map(({ name, bytes: size }) =>
      el("li", {}, el("a", { href: `/api/v1/runs/${run.id}/files/${name}` }, FILES[name] ?? name), ` ${bytes(size)}`),
    );
  return el("ul", { class: "files" }, links);
}
