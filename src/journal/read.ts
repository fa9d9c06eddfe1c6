import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { JournalContent, JournalHeader, JournalLine, OpenChange } from "../journal.ts";
import { messageOf } from "../std/errors.ts";
import { isRecord, parseJson } from "../std/json.ts";
import { readRegular } from "../std/regular-file.ts";

/** A journal has a few lines for each change; a larger file cannot be a journal. */
const JOURNAL_BYTES_MAX = 256 << 20;

/** Reads a journal in any state. What cannot be read becomes a flaw in words, but never prevents the rest from being healed. */
export async function readJournal(path: string): Promise<JournalContent> {
  return parseJournal(path, readRegular(path, JOURNAL_BYTES_MAX));
}

/** Returns the journals of a folder that have changes to undo or cannot be read, sorted by name; none if there is no folder. */
export async function openJournals(folder: string): Promise<JournalContent[]> {
  const contents: JournalContent[] = [];
  for (const name of await journalsIn(folder)) {
    const content = await readWhatever(join(folder, name));
    if (content.open.length > 0 || content.unread === true) contents.push(content);
  }
  return contents;
}

/**
 * Removes a journal that its run left behind although nothing in it is open. One that cannot be read in full stays, because a line
 * that is damaged may be a change. The run must have ended.
 */
export async function removeClosedJournal(path: string): Promise<void> {
  const { open, flaws } = await readWhatever(path);
  // A run that was killed before it wrote the first line has changed nothing.
  const isEmpty = (await stat(path).catch(() => null))?.size === 0;
  if (open.length === 0 && (flaws.length === 0 || isEmpty)) await rm(path, { force: true });
}

/** Removes all journals of a folder that are closed (removeClosedJournal). Their runs must have ended. */
export async function removeClosedJournals(folder: string): Promise<void> {
  for (const name of await journalsIn(folder)) await removeClosedJournal(join(folder, name));
}

/** Reads a journal. If it is not a readable file, that becomes a flaw, so that the other journals can still be healed. */
async function readWhatever(path: string): Promise<JournalContent> {
  try {
    return await readJournal(path);
  } catch (thrown) {
    const gone = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT"; // another healer has removed it
    return { path, header: null, open: [], flaws: [messageOf(thrown)], unread: !gone };
  }
}

export function parseJournal(path: string, text: string): JournalContent {
  const open = new Map<string, OpenChange>();
  const flaws: string[] = [];
  let header: JournalHeader | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const value = parseLine(line);
    if (isHeader(value)) header = value;
    else if (isJournalLine(value)) note(open, value);
    else flaws.push(`line ${index + 1} cannot be read: ${line.slice(0, 80)}`);
  }
  if (header === null) flaws.push("the first line, which says how to reach the platform, is missing");
  return { path, header, open: [...open.values()], flaws };
}

function note(open: Map<string, OpenChange>, line: JournalLine): void {
  if (line.state === "intended") {
    open.set(line.change.id, { change: line.change, expiresAtNs: line.expiresAtNs, revertedByWatchdog: false });
    return;
  }
  const known = open.get(line.id);
  if (known === undefined) return;
  // Only the tool itself, or a healer that knows that the tool has exited, can rule out that the change is made again.
  if (line.by === "watchdog") open.set(line.id, { ...known, revertedByWatchdog: true });
  else open.delete(line.id);
}

function parseLine(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    return undefined; // the caller records it as a flaw
  }
}

function isHeader(value: unknown): value is JournalHeader {
  return isRecord(value) && value["journal"] === 1 && isRecord(value["platform"]);
}

function isJournalLine(value: unknown): value is JournalLine {
  if (!isRecord(value)) return false;
  if (value["state"] === "intended") return isRecord(value["change"]) && typeof value["change"]["id"] === "string";
  return (value["state"] === "reverted" || value["state"] === "healed") && typeof value["id"] === "string";
}

/** Returns the names of a folder's journals, sorted. */
async function journalsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(".ndjson")).sort();
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw thrown;
  }
}
