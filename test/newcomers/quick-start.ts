/** The commands that the documents give a newcomer, in the order in which they are typed, read from the documents themselves. */
import { readFileSync } from "node:fs";
import { blocksOf, spansOf } from "../documents/markdown.ts";

export interface QuickStart {
  /** In the checkout: the demo. */
  readonly demo: readonly string[];
  /** In the checkout: what may be typed in its place. */
  readonly alternatives: readonly string[];
  /** In the checkout: makes the package. */
  readonly install: readonly string[];
  /** In the own project: depends on the package. */
  readonly depend: readonly string[];
  /** In the own project: from the first plan to the verdict. */
  readonly own: readonly string[];
}

const README = "README.md";
const OWN_REPOSITORY = "docs/guide/own-repository.md";

export function quickStart(): QuickStart {
  const tryIt = sectionOf(README, "Try it");
  const [install = "", depend = ""] = blocksOf(readFileSync(OWN_REPOSITORY, "utf8")).map(({ text }) => text);
  const demo = blocksOf(tryIt).flatMap(({ text }) => commandsIn(text));
  const spans = spansOf(tryIt).flatMap(({ text }) => commandsIn(text));
  return {
    demo,
    alternatives: spans.filter((command) => command.startsWith("npm run demo") && !demo.includes(command)),
    install: commandsIn(install),
    depend: commandsIn(depend),
    own: blocksOf(sectionOf(README, "Use it on your own app")).flatMap(({ text }) => commandsIn(text)),
  };
}

/** Returns the text below a heading of the second level, up to the next one. */
function sectionOf(file: string, heading: string): string {
  const [, text = ""] = readFileSync(file, "utf8").split(`\n## ${heading}\n`);
  return text.split("\n## ")[0] ?? "";
}

/** Returns the lines of a block that a shell runs, without their comments; a line that ends with a backslash goes on in the next. */
function commandsIn(block: string): string[] {
  return block
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => /^(sudo|npm|npx|node) /.test(line));
}
