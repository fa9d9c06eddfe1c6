/** Renders junit.xml: each objective, finding and validity rule is a test case, so that any CI can show it. */

import type { Status } from "../../status.ts";
import type { Verdict } from "../../verdict.ts";
import { escapeMarkup } from "./escape.ts";

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly status: Status;
  readonly because: string;
}

export function renderJunit(verdict: Verdict): string {
  const cases: Case[] = [
    ...verdict.objectives.map((one) => ({
      suite: "objectives",
      name: one.says,
      status: one.status,
      because: one.because,
    })),
    ...verdict.findings.map((one) => ({
      suite: "findings",
      name: `${one.checker}: ${one.object}`,
      status: one.status,
      because: one.because,
    })),
    ...verdict.validity.map((one) => ({
      suite: "validity",
      name: one.checker,
      status: one.status,
      because: one.because,
    })),
  ];
  const suites = ["objectives", "findings", "validity"].map((suite) =>
    suiteOf(
      suite,
      cases.filter((one) => one.suite === suite),
    ),
  );
  return document(verdict.plan, cases, suites.join(""));
}

/** Renders the junit.xml that is written when a run starts, so that a run that dies before its report still shows an error. */
export function renderUnfinishedJunit(plan: string): string {
  const because = "The run was never finished: nothing of it was judged.";
  const cases: Case[] = [{ suite: "validity", name: "run-complete", status: "unknown", because }];
  return document(plan, cases, suiteOf("validity", cases));
}

function document(plan: string, cases: readonly Case[], suites: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeMarkup(plan)}" ${countsOf(cases)}>\n${suites}</testsuites>\n`;
}

function suiteOf(name: string, cases: readonly Case[]): string {
  return `  <testsuite name="${name}" ${countsOf(cases)}>\n${cases.map(caseOf).join("")}  </testsuite>\n`;
}

/** Returns the counts. Unknown is an error in JUnit's terms: the test could not decide. */
function countsOf(cases: readonly Case[]): string {
  const of = (status: Status) => cases.filter((one) => one.status === status).length;
  return `tests="${cases.length}" failures="${of("fail")}" errors="${of("unknown")}"`;
}

function caseOf({ suite, name, status, because }: Case): string {
  const head = `    <testcase classname="${suite}" name="${escapeMarkup(name)}"`;
  if (status === "pass") return `${head}/>\n`;
  const tag = status === "fail" ? "failure" : "error";
  return `${head}>\n      <${tag} message="${escapeMarkup(because.replaceAll(/\s+/g, " "))}"/>\n    </testcase>\n`;
}
