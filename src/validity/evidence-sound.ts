import { rule } from "./rule.ts";

/** The seal makes a folder trustworthy as evidence. A flaw may hide anything, so it makes everything unknown. */
export const evidenceSound = rule(
  "evidence-sound",
  "The run folder is sealed, and its files are complete and unchanged since.",
  ({ evidence: { flaws } }) => {
    if (flaws.length === 0) return { status: "pass", because: "All evidence files are sealed and unchanged." };
    const because = `The evidence is not sound: ${flaws.join("; ")}.`;
    return { status: "unknown", because, doubts: [{ kind: "all", span: null, because }] };
  },
);
