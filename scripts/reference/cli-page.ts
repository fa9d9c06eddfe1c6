/** Generates docs/reference/cli.md: every command with its arguments and flags, from the program itself. */
import type { Command } from "commander";
import { buildProgram } from "../../src/cli/program.ts";
import type { World } from "../../src/cli.ts";
import { ExitCode } from "../../src/std/errors.ts";

const HEAD = `# Command line

<!-- Written by scripts/docs-reference.ts from the commands themselves; a test compares it. -->

\`gameday COMMAND --help\` prints the same. Messages for people go to standard error, results to standard output.

## Exit codes

| code | meaning |
|---|---|
`;

const MEANINGS: Readonly<Record<keyof typeof ExitCode, string>> = {
  pass: "Pass: every objective is met and every claim is proven. For other commands: done.",
  fail: "Fail: something promised did not hold.",
  unknown: "Unknown: the evidence is not sufficient; the report gives the reason.",
  usage: "The plan, a file or the usage is wrong. Nothing was started.",
  notReady: "The machine or the platform is not ready.",
  residue: "Something was left behind; `gameday heal` finds it.",
  bug: "A bug in gameday.",
};

/** Returns the page's text. */
export async function cliPage(): Promise<string> {
  const program = await buildProgram({ argv: [], version: "" } as unknown as World);
  const codes = Object.entries(ExitCode).map(
    ([name, code]) => `| ${code} | ${MEANINGS[name as keyof typeof ExitCode]} |\n`,
  );
  const commands = program.commands
    .filter((command) => !isHidden(command))
    .flatMap((command) => sections(command, "gameday"));
  return [HEAD, ...codes, "\n", commands.join("\n")].join("");
}

function isHidden(command: Command): boolean {
  return (command as unknown as { readonly _hidden?: boolean })._hidden === true;
}

/** Returns the section of a command, and those of its own commands. */
function sections(command: Command, parent: string): string[] {
  const name = `${parent} ${command.name()}`;
  const usage = command.usage().replace("[options]", "").trim();
  const head = `## \`${`${name} ${usage}`.trim()}\`\n\n${sentence(command.description())}\n`;
  const flags = command.options.filter(({ hidden }) => !hidden);
  const parts = [
    head,
    table("argument", command.registeredArguments.map(argumentRow)),
    table("flag", flags.map(flagRow)),
  ];
  return [parts.join(""), ...command.commands.flatMap((child) => sections(child, name))];
}

function argumentRow(argument: Command["registeredArguments"][number]): string[] {
  return [`\`${argument.variadic ? `${argument.name()}...` : argument.name()}\``, argument.description];
}

function flagRow(option: Command["options"][number]): string[] {
  const { defaultValue } = option as { readonly defaultValue?: unknown };
  const shown =
    typeof defaultValue === "string" || typeof defaultValue === "number" ? ` Default: \`${defaultValue}\`.` : "";
  const choices =
    option.argChoices === undefined ? "" : ` One of ${option.argChoices.map((one) => `\`${one}\``).join(", ")}.`;
  return [`\`${option.flags}\``, `${option.description}${choices}${shown}`];
}

function table(head: string, rows: readonly string[][]): string {
  if (rows.length === 0) return "";
  const lines = rows.map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`,
  );
  return `\n| ${head} | meaning |\n|---|---|\n${lines.join("\n")}\n`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.:)]$/.test(text) ? "" : "."}`;
}
