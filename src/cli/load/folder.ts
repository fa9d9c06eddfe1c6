/** --out: the run folder of a load, with the same evidence as that of any run. */
import { accessSync, constants, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MANIFEST_FILE, RUN_FILE, SEALED_FILES } from "../../evidence/files.ts";
import { EvidenceWriter, type WriterOptions } from "../../evidence/writer.ts";
import { SECONDS_FILE } from "../../second/file.ts";
import { ExitCode, GamedayError, systemReason } from "../../std/errors.ts";
import { isRecord, parseJson } from "../../std/json.ts";
import { readRegular } from "../../std/regular-file.ts";

export class LoadFolder {
  readonly path: string;
  /** The id of the run whose coordinator was killed and whose evidence is still here; null for a folder without evidence. */
  readonly #unfinished: string | null;
  #writer: EvidenceWriter | null = null;

  /**
   * Makes the folder, so that one that cannot be written to is reported before the load. A folder that already holds the evidence of
   * a run is refused, because a folder has the evidence of one run; only with `mayResume` may it be that of a killed coordinator.
   */
  constructor(path: string, mayResume: boolean) {
    this.path = path;
    try {
      mkdirSync(path, { recursive: true });
      accessSync(path, constants.W_OK);
    } catch (cause) {
      throw new GamedayError({
        code: "cannot-write",
        expected: `to write ${path === "" ? '""' : path}, which --out names`,
        got: systemReason(cause),
        cause,
      });
    }
    const found = [...SEALED_FILES, MANIFEST_FILE].filter((name) => existsSync(join(path, name)));
    this.#unfinished = mayResume && !found.includes(MANIFEST_FILE) ? runIdIn(path) : null;
    if (found.length > 0 && this.#unfinished === null) throw taken(path, found);
  }

  /** Opens the evidence. `isTakenOver` says that workers of this run are still at work, so that its evidence is continued. */
  open(options: Omit<WriterOptions, "folder" | "into">, isTakenOver: boolean): EvidenceWriter {
    const isSame = this.#unfinished === options.run.runId && isTakenOver;
    if (this.#unfinished !== null && !isSame) throw taken(this.path, [RUN_FILE]);
    this.#writer = new EvidenceWriter({ ...options, folder: this.path, into: isSame ? "resumed" : "given" });
    return this.#writer;
  }

  /** True if this folder holds what an earlier coordinator of the same run recorded. */
  holds(runId: string): boolean {
    return this.#unfinished === runId;
  }

  /** Removes the files of a load that never began; other people's files stay. */
  discard(): void {
    if (this.#writer === null) return;
    for (const name of [...SEALED_FILES, SECONDS_FILE]) rmSync(join(this.path, name), { force: true });
  }

  /** Writes everything that is pending to the files. */
  flush(): void {
    this.#writer?.flush();
  }
}

function runIdIn(folder: string): string | null {
  try {
    const run = parseJson(readRegular(join(folder, RUN_FILE)));
    return isRecord(run) && typeof run["runId"] === "string" ? run["runId"] : null;
  } catch {
    return null;
  }
}

function taken(folder: string, found: readonly string[]): GamedayError {
  return new GamedayError({
    code: "folder-taken",
    expected: "--out to name a folder without the evidence of an earlier run",
    got: `${folder} with ${found.join(", ")}`,
    hint: `a folder holds one run, so use: --out ${folder}-2`,
    exitCode: ExitCode.usage,
  });
}
