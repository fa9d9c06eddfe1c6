import { Argument, Command } from "commander";
import type { World } from "../cli.ts";
import { type Candidates, candidatesOf, renderBash, renderZsh } from "./completion/scripts.ts";

/**
 * `gameday completion SHELL`: prints a script that completes commands and flags. `program` builds all commands; it is given so that
 * this command need not import the list that it stands in.
 */
export function completionCommand(world: World, program: () => Promise<Command>): Command {
  const render: Readonly<Record<string, (candidates: Candidates) => string>> = { bash: renderBash, zsh: renderZsh };
  return new Command("completion")
    .description("print a script that completes commands and flags in your shell")
    .addArgument(new Argument("<shell>", "your shell").choices(Object.keys(render)))
    .addHelpText("after", HELP)
    .action(async (shell: string) => {
      world.stdout.write(render[shell]?.(candidatesOf(await program())) ?? "");
    });
}

const HELP = `
bash: gameday completion bash > ~/.local/share/bash-completion/completions/gameday
zsh:  gameday completion zsh > ~/.zfunc/_gameday, with fpath+=(~/.zfunc) before compinit in ~/.zshrc`;
