import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../cli.ts";
import { ExitCode, GamedayError, systemReason } from "../std/errors.ts";
import { replaceFile } from "../std/regular-file.ts";

/** Error codes of a folder that cannot be written to: a copy on a read-only medium, or another person's folder. */
const READ_ONLY = new Set(["EACCES", "EROFS", "EPERM"]);

/**
 * Writes the files into a run folder, each completely or not at all. Returns false if the folder is read-only; nothing in it
 * was changed then. A link with such a name is replaced: nothing outside the folder is written to.
 */
export function writeInto(world: World, folder: string, files: ReadonlyMap<string, string>): boolean {
  for (const [name, text] of files) {
    const path = join(folder, name);
    try {
      replaceFile(path, text, { owner: world.owner });
    } catch (thrown) {
      if (READ_ONLY.has((thrown as NodeJS.ErrnoException).code ?? "")) return false;
      throw cannotWrite(path, thrown);
    }
  }
  return true;
}

/** Writes the files into a folder that the user named, creating it; whatever prevents that is reported as a usage error. */
export function writeToNamed(world: World, folder: string, files: ReadonlyMap<string, string>): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (thrown) {
    throw cannotWrite(folder, thrown);
  }
  if (!writeInto(world, folder, files)) throw cannotWrite(folder, new Error("it is read-only"));
}

function cannotWrite(path: string, thrown: unknown): GamedayError {
  return new GamedayError({
    code: "cannot-write",
    expected: `to write ${path}`,
    got: systemReason(thrown),
    hint: "choose a folder where you may write, and where there is space: --out DIR",
    exitCode: ExitCode.usage,
    cause: thrown,
  });
}
