/**
 * Checks a run folder as a whole, before any line of it is trusted: whether it contains what was sealed (manifest.json) and what
 * the run itself wrote (the timeline's `closed` line).
 */
import { join } from "node:path";
import { EVIDENCE_VERSION, type RunRecord } from "../evidence.ts";
import { isRecord } from "../std/json.ts";
import { isThere, readRegular } from "../std/regular-file.ts";
import type { TimelineEvent, WrittenFile } from "../timeline.ts";
import {
  EVIDENCE_FILES,
  type EvidenceFile,
  HISTORY_FILE,
  MANIFEST_FILE,
  PLAN_FILE,
  REQUESTS_FILE,
  RUN_FILE,
  SEALED_FILES,
  type SealedFile,
  TIMELINE_FILE,
} from "./files.ts";
import { droppedFrom } from "./planned.ts";
import { areWritten, type Manifest, measure, readManifest } from "./seal.ts";

export interface Soundness {
  /** The flaws in words; empty if the folder is sound. */
  readonly flaws: readonly string[];
  /** Why the folder may contain less than what was recorded; null if everything is there. */
  readonly torn: string | null;
}

/** One defect of a folder, with how much of the file may be missing because of it. */
interface Flaw {
  readonly says: string;
  readonly file?: EvidenceFile;
  readonly lacks: "all" | "some" | "nothing";
}

type Measured = ReadonlyMap<SealedFile, WrittenFile>;

/** Checks a folder and hashes its evidence files. Throws GamedayError (exit 2) when one of them is not a regular file. */
export function soundnessOf(folder: string, run: RunRecord, timeline: readonly TimelineEvent[]): Soundness {
  const present = SEALED_FILES.filter((name) => isThere(join(folder, name)));
  const measured: Measured = new Map(present.map((name) => [name, measure(join(folder, name))]));
  const manifest = readManifest(folder);
  const flaws = [
    ...sealFlaws(manifest, measured),
    ...(manifest === null ? [] : closingFlaws(folder, run, timeline, measured)),
    ...planFlaws(folder, run, measured),
  ];
  return { flaws: flaws.map(({ says }) => says), torn: tornBy(flaws) };
}

function planFlaws(folder: string, { plan }: RunRecord, measured: Measured): Flaw[] {
  if (!measured.has(PLAN_FILE)) return [];
  const dropped = droppedFrom(plan, readRegular(join(folder, PLAN_FILE)));
  return dropped.map((says) => ({ says, file: RUN_FILE, lacks: "nothing" }));
}

function sealFlaws(manifest: Manifest | "damaged" | null, measured: Measured): Flaw[] {
  const whole = (says: string): Flaw[] => [{ says, lacks: "some" }];
  if (manifest === null)
    return whole("not sealed: the run did not finish, or the folder was made by hand (`gameday seal` seals it)");
  if (manifest === "damaged") return whole(`${MANIFEST_FILE} is damaged`);
  if (manifest.version > EVIDENCE_VERSION)
    return whole(`written by a newer version (${manifest.version}; this one reads up to ${EVIDENCE_VERSION})`);
  return [
    ...EVIDENCE_FILES.flatMap((file) => flawOfFile(file, manifest.files[file], measured.get(file))),
    ...requestsFlaws(manifest.files[REQUESTS_FILE], measured.get(REQUESTS_FILE)),
  ];
}

/** Checks requests.csv. Nothing is judged from it, so that it may be left out; but if it is there, it must be what was sealed. */
function requestsFlaws(sealed: WrittenFile | undefined, found: WrittenFile | undefined): Flaw[] {
  if (found === undefined || (sealed !== undefined && isSame(found, sealed))) return [];
  const says = sealed === undefined ? "is not part of the seal" : "was changed after it was sealed";
  return [{ says: `${REQUESTS_FILE} ${says}`, lacks: "nothing" }];
}

function flawOfFile(file: EvidenceFile, sealed: WrittenFile | undefined, found: WrittenFile | undefined): Flaw[] {
  if (sealed === undefined && found !== undefined)
    return [{ says: `${file} is not part of the seal`, file, lacks: "some" }];
  if (sealed === undefined) return [{ says: `${file} was never there`, file, lacks: "all" }];
  if (found === undefined)
    return [{ says: `${file.replace(/\.\w+$/, "")} absent (its hash is kept)`, file, lacks: "all" }];
  if (isSame(found, sealed)) return [];
  const sizes = `${found.bytes} bytes, sealed ${sealed.bytes}`;
  return [{ says: `${file} was changed after it was sealed (${sizes})`, file, lacks: "some" }];
}

/** Checks the `closed` line. Anyone who has the folder can renew the seal, but the files must still match what the run wrote. */
function closingFlaws(folder: string, run: RunRecord, timeline: readonly TimelineEvent[], measured: Measured): Flaw[] {
  const closed = timeline.find(isClosed);
  if (closed === undefined) return run.closes === true ? [LAST_LINE_LOST] : [];
  const rewritten = EVIDENCE_FILES.flatMap((file) => {
    const written = closed.files[file];
    if (written === undefined || !measured.has(file)) return [];
    return file === TIMELINE_FILE
      ? timelineFlaw(join(folder, file), written, closed, measured)
      : rewrittenFlaw(file, written, measured.get(file));
  });
  return timeline.at(-1) === closed ? rewritten : [LINES_AFTER_LAST, ...rewritten];
}

const LAST_LINE_LOST: Flaw = {
  says: "the timeline has lost its last line, in which the run records what it wrote",
  file: TIMELINE_FILE,
  lacks: "some",
};
const LINES_AFTER_LAST: Flaw = {
  says: "the timeline has lines after its last one",
  file: TIMELINE_FILE,
  lacks: "nothing",
};

function rewrittenFlaw(file: EvidenceFile, written: WrittenFile, found: WrittenFile | undefined): Flaw[] {
  if (found === undefined || isSame(found, written)) return [];
  const says = `${file} is not what the run wrote (${found.bytes} bytes, written ${written.bytes})`;
  return [{ says, file, lacks: found.bytes < written.bytes ? "some" : "nothing" }];
}

/** Checks the timeline, whose recorded part ends where its last line begins. */
function timelineFlaw(path: string, written: WrittenFile, closed: Closed, measured: Measured): Flaw[] {
  if (isSame(measure(path, written.bytes), written)) return [];
  const last = Buffer.byteLength(`${JSON.stringify(closed)}\n`);
  const bytes = (measured.get(TIMELINE_FILE)?.bytes ?? 0) - last;
  const says = `${TIMELINE_FILE} is not what the run wrote (${bytes} bytes before its last line, written ${written.bytes})`;
  return [{ says, file: TIMELINE_FILE, lacks: bytes < written.bytes ? "some" : "nothing" }];
}

type Closed = Extract<TimelineEvent, { type: "closed" }>;

/** Returns whether an event is a valid `closed` line. The timeline is not validated yet, so its lines may be anything. */
function isClosed(event: TimelineEvent): event is Closed {
  const value: unknown = event;
  return isRecord(value) && value["type"] === "closed" && isRecord(value["files"]) && areWritten(value["files"]);
}

function isSame(found: WrittenFile, expected: WrittenFile): boolean {
  return found.bytes === expected.bytes && found.sha256 === expected.sha256;
}

function tornBy(flaws: readonly Flaw[]): string | null {
  const lacking = flaws.filter(({ lacks }) => lacks !== "nothing");
  const history = lacking.find(({ file }) => file === HISTORY_FILE);
  if (history === undefined) return lacking[0]?.says ?? null;
  return history.lacks === "all" ? "history absent" : `history absent: ${history.says}`;
}
