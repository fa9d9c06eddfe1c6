/** Lines of a plan that a person will read and edit: values as YAML writes them, and sentences as comments. */
import { stringify } from "yaml";

const COLUMNS_MAX = 118;

/** Returns sentences as comment lines, each beginning on a line of its own. */
export function comments(sentences: readonly string[], indent = ""): string[] {
  return sentences.flatMap((sentence) => wrapped(sentence, indent, "# ", "# "));
}

/** Returns what could not be found out as comment lines that begin with "# QUESTION:". */
export function questions(sentences: readonly string[], indent = ""): string[] {
  return sentences.flatMap((sentence) => wrapped(sentence, indent, "# QUESTION: ", "#   "));
}

/** Returns lines of a plan that are switched off, for a person to uncomment. */
export function switchedOff(lines: readonly string[], indent = ""): string[] {
  return lines.map((line) => `${indent}# ${line}`);
}

/** Returns a value as YAML writes it on one line: quoted only where it must be. */
export function scalar(value: string | number): string {
  return stringify(value, { lineWidth: 0 }).trim();
}

/** Returns labels on one line: { app: pg }. */
export function flow(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${scalar(key)}: ${scalar(value)}`);
  return `{ ${pairs.join(", ")} }`;
}

function wrapped(sentence: string, indent: string, first: string, next: string): string[] {
  const lines: string[] = [];
  let line = indent + first;
  for (const word of sentence.split(/\s+/)) {
    const longer = /\s$/.test(line) ? line + word : `${line} ${word}`;
    if (longer.length <= COLUMNS_MAX || line.trim() === first.trim()) line = longer;
    else {
      lines.push(line);
      line = indent + next + word;
    }
  }
  return [...lines, line];
}
