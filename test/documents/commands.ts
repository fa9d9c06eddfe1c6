/** Checks that a command line of the documents exists: its command, its flags, its script, its file, or its place in our API. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { API_PREFIX, OPERATIONS } from "../../src/api/operations.ts";

export interface Known {
  readonly program: Command;
  readonly scripts: ReadonlySet<string>;
}

/** Returns the command lines of a block, without comments and prompts; lines that end with a backslash are joined. */
export function linesOf(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, "")
    .replaceAll(/'[^']*'|"[^"\n]*"/g, "QUOTED") // a value, or a script for another shell: no words of the command
    .split("\n")
    .map((line) =>
      line
        .replace(/(^|\s+)#.*$/, "")
        .replace(/^\$ /, "")
        .trim(),
    )
    .filter((line) => line !== "");
}

/** Returns those lines that are commands of ours, as they stand within sentences. */
export function commandLinesOf(text: string): string[] {
  return linesOf(text).filter((line) => /^(sudo (--\S+ )?)?(npx )?gameday\s|^npm run /.test(line));
}

/** Programs of others whose arguments nobody here can check. */
const OTHERS = ["duckdb", "export", "git", "jq", "kubectl", "ssh"];
/** What npm itself does, besides running our scripts. */
const OF_NPM = ["ci", "install", "pack", "test"];

/** Returns what is wrong with a line of a block of commands on a page; null when it exists as it is written. */
export function wrongIn(line: string, known: Known, page = "README.md"): string | null {
  const words = withoutVariables(line.replace(/^sudo (--\S+ )?/, "")).split(/\s+/);
  const [program = "", ...rest] = words;
  if (program === "npx" && rest[0] === "node") return wrongFile(rest[1] ?? "", page);
  if (program === "npx") return wrongIn(rest.join(" "), known, page);
  if (program === "gameday") return wrongFlags(known.program, rest);
  if (program === "npm") return wrongNpm(rest, known.scripts);
  if (program === "node") return wrongFile(rest[0] ?? "", page);
  if (program === "curl") return wrongCall(line);
  if (program === "./cluster") return wrongCluster(rest[0] ?? "", page);
  if (program === "" || OTHERS.includes(program)) return null;
  return `no test knows the program "${program}"`;
}

/** Removes the variables that are set before a command, or by it: A=1 TOKEN=$(cat file). */
function withoutVariables(line: string): string {
  return line.replace(/^(\w+=(\$\([^)]*\)|\S*)(\s+|$))+/, "");
}

function wrongNpm([verb = "", name = ""]: readonly string[], scripts: ReadonlySet<string>): string | null {
  if (verb !== "run") return OF_NPM.includes(verb) ? null : `npm ${verb} is not known here`;
  return isScript(name, scripts) ? null : `package.json has no script "${name}"`;
}

/** "prove:*" stands for all scripts that begin so. */
function isScript(name: string, scripts: ReadonlySet<string>): boolean {
  if (!name.endsWith("*")) return scripts.has(name);
  return [...scripts].some((script) => script.startsWith(name.slice(0, -1)));
}

/** A path is meant from the checkout, from the page's folder, or from a project in which the package is installed. */
function wrongFile(path: string, page: string): string | null {
  const inPackage = path.replace(/^node_modules\/gameday\//, "");
  return [inPackage, join(dirname(page), path)].some((file) => existsSync(file)) ? null : `there is no file ${path}`;
}

/** A call of our API must name an operation, by its method and its path. */
function wrongCall(line: string): string | null {
  const path = /https?:\/\/[^\s/]+(\/[^\s"'?]*)/.exec(line)?.[1] ?? "";
  const method = /-X (\w+)/.exec(line)?.[1] ?? "GET";
  const asked = path.replace(API_PREFIX, "").split("/");
  const found = OPERATIONS.some((one) => {
    const parts = one.path.split("/");
    const isSame = parts.length === asked.length && parts.every((part, at) => /^[{:]/.test(part) || part === asked[at]);
    return one.method === method && isSame;
  });
  return found ? null : `the API has no operation ${method} ${path}`;
}

function wrongCluster(command: string, page: string): string | null {
  const script = readFileSync(join(dirname(page), "cluster"), "utf8");
  return new RegExp(`^  ${command}\\b`, "m").test(script) ? null : `./cluster has no command ${command}`;
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
