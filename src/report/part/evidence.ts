/** What this run did not test, how to repeat it, where it ran, and the files that it rests on. */
import { figure } from "../../std/figure.ts";
import type { Json } from "../../std/json.ts";
import { el, type ViewElement } from "../../view.ts";
import { type ReportParts, section } from "../parts.ts";

export function renderNotTested({ verdict }: ReportParts): ViewElement | null {
  if (verdict.notTested.length === 0) return null;
  const items = verdict.notTested.map(({ what, because }) => el("li", {}, el("b", {}, `${what}: `), because));
  return section("not-tested", "Not tested", el("ul", { class: "plain" }, items));
}

export function renderRepeat({ run }: ReportParts): ViewElement {
  return section(
    "repeat",
    "How to repeat",
    el("pre", {}, run.command),
    el(
      "p",
      { class: "dim" },
      `${run.tool.name} ${run.tool.version} on ${environmentWords(run.environment)}. The same evidence gives the same verdict: gameday judge <run folder>.`,
    ),
  );
}

/** Returns the recorded environment in words, without what only a machine reads. */
function environmentWords(environment: Readonly<Record<string, Json>>): string {
  const { memoryBytes, monotonicOriginNs: _, ...others } = environment;
  const known = Object.entries(others).flatMap(([name, value]) =>
    typeof value === "string" || typeof value === "number" ? [`${name} ${value}`] : [],
  );
  if (typeof memoryBytes === "number") known.push(`memory ${figure(memoryBytes / 2 ** 30)} GiB`);
  return known.length === 0 ? "a machine that was not recorded" : known.join(", ");
}

/** The files of a run folder, by what they are; the links work where the report lies beside them. */
const FILES: readonly (readonly [name: string, says: string])[] = [
  ["verdict.json", "the verdict as data"],
  ["stats.json", "statistics as data"],
  ["requests-by-name.csv", "requests by name"],
  ["failures.csv", "failures by error"],
  ["history.csv", "the load by second"],
  ["plan.yaml", "the plan"],
  ["run.json", "the record of the run"],
  ["timeline.ndjson", "what the tool did and saw"],
  ["history.ndjson", "recorded operations and probes"],
  ["intervals.ndjson", "the load by worker and second"],
  ["ledger.ndjson", "what the system held at rest"],
  ["manifest.json", "the seal: size and hash of the evidence"],
  ["logs/", "the platform's logs"],
];

export function renderEvidence(): ViewElement {
  const links = FILES.map(([name, says]) => el("li", {}, el("a", { href: name }, name), ` ${says}`));
  return section(
    "evidence",
    "Evidence",
    el("p", { class: "dim" }, "Files of the run folder, beside this report:"),
    el("ul", { class: "files" }, links),
  );
}
