import { join } from "node:path";
import { EVIDENCE_VERSION, type Evidence, type RunRecord } from "../evidence.ts";
import type { Operation } from "../history.ts";
import type { Interval } from "../interval.ts";
import type { LedgerLine } from "../ledger.ts";
import { ExitCode, GamedayError, systemReason } from "../std/errors.ts";
import { isRecord, parseJson } from "../std/json.ts";
import { readNdjson } from "../std/ndjson.ts";
import { isThere, readRegular } from "../std/regular-file.ts";
import type { TimelineEvent } from "../timeline.ts";
import { inCurrentFormat } from "./earlier.ts";
import { HISTORY_FILE, INTERVALS_FILE, LEDGER_FILE, RUN_FILE, TIMELINE_FILE } from "./files.ts";
import { soundnessOf } from "./soundness.ts";

/**
 * Opens a run folder for judging. Damage that the seal reveals is listed in `flaws`, and makes the verdict unknown. Throws
 * GamedayError with exit code 2 (unknown) when it is not a run folder or a line cannot be read, so that this never passes.
 */
export function openEvidence(folder: string): Evidence {
  const run = readRun(folder);
  const stream = <T>(name: string): Iterable<T> => ({
    [Symbol.iterator]: () => (isThere(join(folder, name)) ? readNdjson<T>(join(folder, name)) : [][Symbol.iterator]()),
  });
  const recorded = [...stream<TimelineEvent>(TIMELINE_FILE)];
  const { flaws, torn } = soundnessOf(folder, run, recorded);
  const timeline = inCurrentFormat(run.version, recorded);
  return {
    run,
    timeline,
    operations: () => stream<Operation>(HISTORY_FILE),
    intervals: () => stream<Interval>(INTERVALS_FILE),
    ledger: () => stream<LedgerLine>(LEDGER_FILE),
    flaws,
    ...(torn !== null && { torn }),
  };
}

/** Returns run.json. Throws GamedayError (exit code 2) when it cannot be read, or is of a newer version. */
export function readRun(folder: string): RunRecord {
  const path = join(folder, RUN_FILE);
  let value: unknown;
  try {
    value = parseJson(readRegular(path));
  } catch (cause) {
    if (cause instanceof GamedayError) throw cause;
    throw notEvidence(path, systemReason(cause), cause);
  }
  if (!isRecord(value) || typeof value["runId"] !== "string" || !isRecord(value["plan"])) {
    throw notEvidence(path, "JSON without runId and plan");
  }
  const version = Number(value["version"]);
  if (!(version >= 1 && version <= EVIDENCE_VERSION)) throw notEvidence(path, `version ${String(value["version"])}`);
  return value as unknown as RunRecord;
}

function notEvidence(path: string, got: string, cause?: unknown): GamedayError {
  return new GamedayError({
    code: "not-a-run-folder",
    expected: `a run folder with a readable ${RUN_FILE} of version ${EVIDENCE_VERSION} or older`,
    got,
    hint: "give the folder that `gameday run` printed, such as runs/latest",
    exitCode: ExitCode.unknown,
    place: { file: path },
    cause,
  });
}
