/** The text of a first plan. It is a draft for people: each guess is explained beside it, and gaps are questions. Pure. */
import { experimentsOf, type Sketch } from "./experiments.ts";
import { hasLogin } from "./leaders.ts";
import { type Draft, platformLines } from "./platform-text.ts";
import { comments, questions, scalar, switchedOff } from "./yaml-lines.ts";

export function planText(draft: Draft): string {
  const { namespace } = draft.findings.recorded;
  const sketches = experimentsOf(draft.findings, hasLogin(draft.logins));
  const body = [
    `name: ${scalar(`${namespace}-first-game-day`)}`,
    "",
    ...platformLines(draft),
    "",
    ...loadLines(),
    "",
    ...autoscalingLines(draft),
    "experiments:",
    ...sketches.flatMap(experimentLines),
    "",
    ...claimLines(),
    "",
    "objectives:",
    ...objectiveLines(sketches),
  ];
  return `${[...head(namespace, countQuestions(body)), ...body].join("\n")}\n`;
}

/** Returns how many questions a plan leaves open. */
export function countQuestions(lines: readonly string[]): number {
  return lines.filter((line) => line.trimStart().startsWith("# QUESTION:")).length;
}

function head(namespace: string, open: number): string[] {
  return comments([
    `This is a first plan for a game day on namespace ${namespace}, written by \`gameday init\` from what the cluster showed.`,
    `It is a draft: the comments explain each guess, and ${open} lines begin with QUESTION, which only you can answer.`,
    "`gameday check` then shows what a run would do, and changes nothing.",
  ]);
}

function loadLines(): string[] {
  return [
    "load:",
    ...questions(["What do your users do? Write it as a scenario (docs/guide/load.md), beside this file."], "  "),
    "  scenarios:",
    "    - { file: scenarios/users.ts }",
    ...comments(["A first game day needs few users: a fault that affects 20 users affects 1,000."], "  "),
    "  vus: 20",
    "  rampUp: 20s",
    "",
    ...comments(["Probes are steady users that measure outages precisely, and thereby recovery."]),
    ...questions([
      "Which requests of your users matter most? Name the module that sends them (docs/guide/verdict.md).",
    ]),
    "probes: probes.ts",
    "warmUp: 10s",
    "calm: 20s",
  ];
}

function autoscalingLines({ findings: { autoscaler } }: Draft): string[] {
  if (autoscaler === null) return [];
  const { minReplicas = 1, maxReplicas = minReplicas } = autoscaler.spec ?? {};
  const lines = [
    "autoscaling:",
    `  up: { replicas: ${maxReplicas}, within: 5m }`,
    `  down: { replicas: ${minReplicas} }`,
  ];
  return [
    ...comments(["With enough users, the run can wait for the autoscaler before the faults and after the load:"]),
    ...switchedOff(lines),
    "",
  ];
}

function experimentLines({ lines, because, asked, off }: Sketch): string[] {
  const [first = "", ...rest] = lines;
  const item = [`- ${first}`, ...rest.map((line) => `  ${line}`)];
  const shown = off ? switchedOff(item, "  ") : item.map((line) => `  ${line}`);
  return [...comments(because, "  "), ...questions(asked, "  "), ...shown];
}

function claimLines(): string[] {
  return [
    ...questions([
      "Which writes must never be lost or duplicated? A claim compares what users were promised with a ledger that is read back from the app or by SQL (docs/guide/checkers.md).",
    ]),
    ...switchedOff([
      "claims:",
      "  - object: orders",
      "    checkers: [acked-set, duplicates]",
      "    ledger: { http: /audit/orders }",
      "cleanUp: { http: POST /audit/clean-up }",
    ]),
  ];
}

function objectiveLines(sketches: readonly Sketch[]): string[] {
  const recovery = sketches
    .filter(({ off }) => !off)
    .map(({ name, id, underSeconds }) =>
      objective({
        id: `${id}-recovery`,
        says: `${name}: users are served again within ${underSeconds} s`,
        measure: "recovery-seconds",
        over: `{ experiment: ${scalar(name)} }`,
        bound: `under: ${underSeconds}`,
      }),
    );
  return [
    ...questions(["How long may users wait after each fault? These bounds are guesses, not your promises."], "  "),
    ...[...recovery, ...ALWAYS].flat().map((line) => `  ${line}`),
    ...comments(["With a claim:"], "  "),
    ...switchedOff([...NOTHING_LOST], "  "),
  ];
}

interface ObjectiveParts {
  readonly id: string;
  readonly says: string;
  readonly measure: string;
  readonly over?: string;
  readonly bound: string;
}

function objective({ id, says, measure, over, bound }: ObjectiveParts): string[] {
  return [
    `- id: ${scalar(id)}`,
    `  says: ${scalar(says)}`,
    `  measure: ${measure}`,
    ...(over === undefined ? [] : [`  over: ${over}`]),
    `  ${bound}`,
  ];
}

const ALWAYS = [
  objective({
    id: "success",
    says: "more than 99 % of the requests outside the faults succeed",
    measure: "success-percent",
    over: "{ window: outside }",
    bound: "atLeast: 99",
  }),
  objective({
    id: "fast",
    says: "95 % of the answers take less than 2 s",
    measure: "http_req_duration-p95-ms",
    bound: "under: 2000",
  }),
  objective({
    id: "no-crashes",
    says: "nothing restarts that no fault touched",
    measure: "unexpected-restarts",
    bound: "atMost: 0",
  }),
  objective({
    id: "whole-again",
    says: "everything is in its place at the end",
    measure: "health-checks-unmet",
    bound: "atMost: 0",
  }),
];

const NOTHING_LOST = objective({
  id: "nothing-lost",
  says: "no acknowledged write is lost",
  measure: "lost-writes",
  bound: "atMost: 0",
});
