import { resolve } from "node:path";
import { Command } from "commander";
import type { World } from "../cli.ts";
import { seal } from "../evidence/seal.ts";

/** `gameday seal DIR`: seals a folder of evidence that was written by hand, or by another tool, so that it can be judged. */
export function sealCommand(world: World): Command {
  return new Command("seal")
    .description("seal a folder of evidence that was made by hand or by another tool, so that it can be judged")
    .argument("<folder>", "the run folder (run.json, timeline.ndjson, ...)")
    .action((folder: string) => {
      const manifest = seal(resolve(world.cwd, folder));
      world.stdout.write(`sealed ${folder}: ${Object.keys(manifest.files).join(", ")}\n`);
    });
}
