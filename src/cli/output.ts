import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../cli.ts";
import { ExitCode, GamedayError, systemReason } from "../std/errors.ts";
import { replaceFile } from "../std/regular-file.ts";

/** A folder that nobody may write to: a copy on a read-only medium, or another person's. */
const READ_ONLY = new Set(["EACCES", "EROFS", "EPERM"]);

/**
 * Writes the files into a run folder, each whole or not at all; false when the folder is read-only, and then nothing of it
 * was changed. A link of such a name is replaced: nothing outside the folder is written to.
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

/** Writes the files into a folder that a person named, making it; anything that keeps it from that is their error. */
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
    hint: "name a folder where you may write, and where there is room: --out DIR",
    exitCode: ExitCode.usage,
    cause: thrown,
  });
}
