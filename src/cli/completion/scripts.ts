/** The completion scripts: both shells walk through the words to the command that they name, and offer what it has. */
import type { Command } from "commander";

/** What can follow each command, by the command's path: "" for the program, "lab up" for a command within a command. */
export type Candidates = ReadonlyMap<string, Offer>;

interface Offer {
  readonly commands: readonly string[];
  readonly flags: readonly string[];
}

/** Collects commands and flags of the whole program; hidden ones are left out. */
export function candidatesOf(program: Command): Candidates {
  const found = new Map<string, Offer>();
  const visit = (command: Command, path: string) => {
    const children = command.createHelp().visibleCommands(command);
    const flags = command
      .createHelp()
      .visibleOptions(command)
      .flatMap(({ long, short }) => [long, short]);
    found.set(path, {
      commands: children.map((child) => child.name()),
      flags: flags.filter((flag) => flag !== undefined),
    });
    for (const child of children) visit(child, `${path} ${child.name()}`.trim());
  };
  visit(program, "");
  return found;
}

/** The lines of a case statement that sets `commands` and `flags` for a path. */
function cases(candidates: Candidates): string {
  return [...candidates]
    .map(
      ([path, { commands, flags }]) => `    "${path}") commands="${commands.join(" ")}"; flags="${flags.join(" ")}" ;;`,
    )
    .join("\n");
}

/** Returns the script for bash 4 and newer. Where nothing of ours fits, bash completes the names of files. */
export function renderBash(candidates: Candidates): string {
  return `# gameday completion for bash
_gameday_offer() {
  commands=""; flags=""
  case "$1" in
${cases(candidates)}
    *) return 1 ;;
  esac
}
_gameday() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" commands flags index word
  _gameday_offer ""
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case " $commands " in *" $word "*) path="\${path:+$path }$word"; _gameday_offer "$path" ;; esac
  done
  COMPREPLY=()
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$commands" -- "$current"))
  fi
}
complete -o default -F _gameday gameday
`;
}

/** Returns the script for zsh, which is also the file _gameday of a folder in fpath. */
export function renderZsh(candidates: Candidates): string {
  return `#compdef gameday
# gameday completion for zsh
_gameday_offer() {
  commands=""; flags=""
  case "$1" in
${cases(candidates)}
    *) return 1 ;;
  esac
}
_gameday() {
  local current="\${words[CURRENT]}" path_of_command="" commands flags word
  _gameday_offer ""
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ " $commands " == *" $word "* ]]; then
      path_of_command="\${path_of_command:+$path_of_command }$word"
      _gameday_offer "$path_of_command"
    fi
  done
  if [[ "$current" == -* ]]; then
    compadd -- \${=flags}
  elif [[ -n "$commands" ]]; then
    compadd -- \${=commands}
  else
    _files
  fi
}
if [[ "$funcstack[1]" == "_gameday" ]]; then _gameday "$@"; else compdef _gameday gameday; fi
`;
}
