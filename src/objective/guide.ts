/** Generates docs/guide/objectives.md from the catalogue of measures, so that it cannot become outdated. */
import type { Measure, OverKey } from "./measure.ts";

const HEAD = `# Objectives

<!-- Written by scripts/docs-objectives.ts from src/objective/catalogue.ts; a test compares it. -->

An objective is a bound on one measure of the run:

    objectives:
      - id: database-recovery
        says: users' orders work again within 30 s of the database leader's death
        measure: recovery-seconds
        over: { experiment: kill-postgres, class: order-write }
        under: 30

\`under\` excludes the bound itself, \`atMost\` and \`atLeast\` include it. What is measured is a number, or an interval that
surely holds it: an objective passes only if the whole interval meets the bound, fails only if the whole interval misses
it, and is unknown otherwise. No sample is unknown, never a pass.

## Windows

| window | what |
|---|---|
| whole | from the begin of the load to its end |
| plateau | at full load: after ramp-up, before ramp-down |
| outside | outside all fault windows |
| scaling | from the begin of the load until the most replicas were first ready |
| before, during, after | around the \`experiment\` named beside it |

A fault window reaches from the command of the fault to when it was healed and users had recovered, and 5 s more for
requests in flight. A recovery later than the experiment's \`recoverWithin\` does not stretch it.

## Measures

| measure | unit | what | over (required in bold) |
|---|---|---|---|
`;

export function objectivesGuide(measures: readonly Measure[]): string {
  return `${HEAD}${measures.map(row).join("\n")}\n`;
}

function row({ name, unit, says, over }: Measure): string {
  const keys = over.map(keyOf).join("<br>") || "-";
  return `| \`${name}\` | ${unit || "-"} | ${says} | ${keys} |`;
}

function keyOf({ name, required, says }: OverKey): string {
  return `${required ? `**${name}**` : name}: ${says}`;
}
