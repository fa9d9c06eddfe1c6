/** What a block of a page is, so that none passes unread: commands, YAML, JSON, code, or text that is listed as such. */
import type { Block } from "./markdown.ts";

export type BlockKind = "commands" | "yaml" | "json" | "ts" | "js" | "python" | "java" | "text";

const LANGUAGES: Readonly<Record<string, BlockKind>> = {
  sh: "commands",
  bash: "commands",
  yaml: "yaml",
  json: "json",
  ts: "ts",
  js: "js",
  python: "python",
  java: "java",
  text: "text",
};

/** Blocks that show a picture, a listing, a formula or an output: the page, and how the block begins. */
const TEXTS: readonly (readonly [page: string, begins: string])[] = [
  ["ARCHITECTURE.md", "plan.yaml --parse-->"],
  ["ARCHITECTURE.md", "main\nworld\n"],
  ["README.md", "runs/latest/report.html "],
  ["docs/guide/checkers.md", "linearizable: false\n"],
  ["docs/guide/own-repository.md", "gameday/\n"],
  ["docs/guide/sizing.md", "requests/s = "],
  ["docs/guide/sizing.md", "floor(30 days x "],
];

/** Returns what a block is; null when it is none of all these, and so would be read by no test. */
export function kindOf(page: string, { language, text }: Block): BlockKind | null {
  if (language !== "") return LANGUAGES[language] ?? null;
  if (TEXTS.some(([file, begins]) => file === page && text.startsWith(begins))) return "text";
  const first = text.split("\n").find((line) => !/^\s*(#.*)?$/.test(line)) ?? text;
  if (/^\{.*\}$/s.test(text.trim())) return "json";
  if (/^import\b.* from "/.test(first)) return "ts";
  if (/^#|^(- )?[\w-]+:(\s|$)/.test(first) && !/^\$? ?\w+ /.test(first)) return "yaml";
  return /^(\$ )?([A-Z_]+=\S+ )*(\.\/)?[a-zA-Z][\w.-]*(=\S+)?( |$)/.test(first) ? "commands" : null;
}
