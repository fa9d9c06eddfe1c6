/** The flags of all outputs, for the commands that run something. */
import { Option } from "commander";
import { OUTPUTS } from "../output/catalogue.ts";
import type { OutputFlags } from "../output.ts";

export function outputOptions(): Option[] {
  return OUTPUTS.flatMap(({ flags }) => flags).map(({ flags, says, isRepeated }) => {
    const option = new Option(flags, says);
    return isRepeated === true ? option.argParser(appended) : option;
  });
}

function appended(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Returns those of a command's flags that belong to outputs, by commander's names for them. */
export function outputFlagsOf(flags: Readonly<Record<string, unknown>>): OutputFlags {
  const names = outputOptions().map((option) => option.attributeName());
  return Object.fromEntries(names.flatMap((name) => (name in flags ? [[name, flags[name] as string]] : [])));
}
