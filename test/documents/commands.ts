/** Checks that a command line of the documents exists: its command, its flags and, for npm, its script. */
import type { Command } from "commander";

export interface Known {
  readonly program: Command;
  readonly scripts: ReadonlySet<string>;
}

/** Returns the command lines of a block, without comments and prompts; lines that end with a backslash are joined. */
export function commandLinesOf(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) =>
      line
        .replace(/\s+#.*$/, "")
        .replace(/^\$ /, "")
        .trim(),
    )
    .filter((line) => /^(sudo (--\S+ )?)?(npx )?gameday\s|^npm run /.test(line));
}

/** Returns what is wrong with a command line; null when it exists as it is written. */
export function wrongIn(line: string, { program, scripts }: Known): string | null {
  const words = line
    .replace(/^sudo (--\S+ )?/, "")
    .replace(/^npx /, "")
    .split(/\s+/);
  if (words[0] === "npm") return isScript(words[2] ?? "", scripts) ? null : `package.json has no script "${words[2]}"`;
  return wrongFlags(program, words.slice(1));
}

/** "prove:*" stands for all scripts that begin so. */
function isScript(name: string, scripts: ReadonlySet<string>): boolean {
  if (!name.endsWith("*")) return scripts.has(name);
  return [...scripts].some((script) => script.startsWith(name.slice(0, -1)));
}

function wrongFlags(command: Command, words: readonly string[]): string | null {
  const [first, ...rest] = words;
  const child = command.commands.find((one) => one.name() === first || one.aliases().includes(first ?? ""));
  if (child !== undefined) return wrongFlags(child, rest);
  if (command.parent === null) {
    const isFlag = ["--help", "--version", "-h", "-V"].includes(first ?? "");
    return isFlag || first === "COMMAND" ? null : `gameday has no command "${first}"`;
  }
  const known = new Set(command.options.flatMap(({ long, short }) => [long, short]).concat("--help", "-h"));
  const flags = words.filter((word) => /^--?[A-Za-z]/.test(word)).map((word) => word.replace(/=.*$/, ""));
  const unknown = flags.find((flag) => !known.has(flag));
  return unknown === undefined ? null : `gameday ${command.name()} has no flag ${unknown}`;
}
