/** The names of the files in a run folder, with those that the seal covers and those that are required. */
export const RUN_FILE = "run.json";
export const PLAN_FILE = "plan.yaml";
export const MANIFEST_FILE = "manifest.json";
export const TIMELINE_FILE = "timeline.ndjson";
export const HISTORY_FILE = "history.ndjson";
export const INTERVALS_FILE = "intervals.ndjson";
export const LEDGER_FILE = "ledger.ndjson";

/** The files from which a verdict is judged; all of them are sealed. Nearly everything else in the folder is derived or for people. */
export const EVIDENCE_FILES = [RUN_FILE, PLAN_FILE, TIMELINE_FILE, HISTORY_FILE, INTERVALS_FILE, LEDGER_FILE] as const;
/** Each request of the users, if the run was asked for it. It is sealed with the evidence, but no verdict reads it, and it may be left out. */
export const REQUESTS_FILE = "requests.csv";

export const SEALED_FILES = [...EVIDENCE_FILES, REQUESTS_FILE] as const;
export type SealedFile = (typeof SEALED_FILES)[number];

export type EvidenceFile = (typeof EVIDENCE_FILES)[number];

/** The files without which nothing can be judged. The others may be absent; a history that is left out keeps its hash. */
export const REQUIRED_FILES: readonly EvidenceFile[] = [RUN_FILE, TIMELINE_FILE];
