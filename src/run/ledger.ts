/** Reads back what the system says is true at rest: every claim's ledger, at least twice, some seconds apart. */
import { setTimeout as delay } from "node:timers/promises";
import type { ClaimPlan, LedgerSource } from "../plan.ts";
import type { Run } from "../run.ts";
import { abortAt } from "../std/deadline.ts";
import { messageOf } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";
import { askJson } from "./ask.ts";

/** Reads wanted; one more where the last shows fewer rows than the one before; and at most made, also when some were not complete. */
const READS_WANTED = 2;
const READS_MAX = 4;
const PAGE_MS_MAX = 30_000;
const PAGES_MAX = 100_000;

interface Found {
  readonly id: string;
  readonly count: number;
  readonly value?: Json;
}

export async function readLedger(run: Run): Promise<void> {
  await delay(run.plan.ledger.quietMs, undefined, { signal: run.stop.signal });
  const progress = new Map<string, Progress>();
  const sources = sourcesOf(run.plan.claims);
  const open = () => sources.filter(({ object }) => !isEnough(progress.get(object) ?? UNREAD));
  for (let read = 1; read <= READS_MAX && open().length > 0; read++) {
    if (read > 1) await delay(run.plan.ledger.betweenReadsMs, undefined, { signal: run.stop.signal });
    for (const claim of open()) {
      const items = await readClaim(run, claim, read);
      if (items !== null) progress.set(claim.object, afterRead(progress.get(claim.object) ?? UNREAD, items));
    }
  }
}

/** Complete reads of one object so far, and how many more are asked for by rows that were there and then were not. */
interface Progress {
  readonly complete: number;
  readonly wanted: number;
  readonly items: number;
}

const UNREAD: Progress = { complete: 0, wanted: READS_WANTED, items: 0 };

function isEnough({ complete, wanted }: Progress): boolean {
  return complete >= wanted;
}

/** Fewer rows than before: they are gone, or a copy that was behind has answered. One more read tells. */
function afterRead({ complete, wanted, items: before }: Progress, items: number): Progress {
  const fewer = complete > 0 && items < before;
  return { complete: complete + 1, wanted: fewer ? Math.max(wanted, complete + 2) : wanted, items };
}

/** One object has one ledger, however many claims are made about it; the plan's check refuses two different ones. */
function sourcesOf(claims: readonly ClaimPlan[]): ClaimPlan[] {
  const known = claims.filter(({ source }) => source.kind !== "none");
  return known.filter(({ object }, at) => known.findIndex((other) => other.object === object) === at);
}

/** Items of a complete read; null: it was not complete. */
async function readClaim(run: Run, claim: ClaimPlan, read: number): Promise<number | null> {
  const startedAtMs = run.clock.nowMs();
  let items = 0;
  let source = "nobody";
  let because: string | undefined;
  try {
    for await (const page of pages(run, claim.source)) {
      source = page.source;
      for (const found of page.found) run.evidence.ledger({ line: "item", read, object: claim.object, ...found });
      items += page.found.length;
    }
  } catch (thrown) {
    run.stop.signal.throwIfAborted();
    because = messageOf(thrown);
  }
  const complete = because === undefined;
  const times = { startedAtMs, completedAtMs: run.clock.nowMs() };
  run.evidence.ledger({
    line: "end",
    read,
    object: claim.object,
    ...times,
    complete,
    items,
    source,
    ...(because !== undefined && { because }),
  });
  return complete ? items : null;
}

type Page = { readonly found: readonly Found[]; readonly source: string };

async function* pages(run: Run, source: LedgerSource): AsyncGenerator<Page> {
  if (source.kind === "sql") yield await readSql(run, source.statement);
  if (source.kind === "http") yield* readHttp(run, source.path);
}

/** Rows are (id), (id, count) or (id, count, value); $1 is the run's id. */
async function readSql(run: Run, statement: string): Promise<Page> {
  if (run.platform.queries === undefined)
    throw new Error(`a platform of kind ${run.platform.kind} cannot be asked by SQL`);
  const parameters = statement.includes("$1") ? [run.runId] : [];
  using limit = pageLimit(run, "the ledger's SQL to be answered");
  const { rows, source } = await run.platform.queries.sql(statement, parameters, limit.signal);
  const found = rows.map(([id, count, value]) => {
    if (id === undefined || id === null) throw new Error("the ledger's SQL gave a row without an id");
    return { id: String(id), count: copiesOf(count, String(id)), ...(value !== undefined && { value }) };
  });
  return { found, source };
}

/** GET path?run=ID answers {"items":[{"id","count","value"}],"complete":true,"next":cursor|null,"source":"..."}. */
async function* readHttp(run: Run, path: string): AsyncGenerator<Page> {
  let next: string | null = null;
  for (let page = 0; page < PAGES_MAX; page++) {
    const url = new URL(path.replaceAll("{run}", encodeURIComponent(run.runId)), run.platform.endpoint());
    url.searchParams.set("run", run.runId);
    if (next !== null) url.searchParams.set("cursor", next);
    const body = await readPage(url, run);
    yield { found: itemsOf(body, url), source: String(body["source"] ?? url.host) };
    if (body["complete"] !== true) throw new Error(`${url.pathname} says that it is not complete`);
    if (body["next"] === null || body["next"] === undefined) return;
    next = String(body["next"]);
  }
  throw new Error(`${path} has more than ${PAGES_MAX} pages`);
}

function pageLimit(run: Run, what: string): ReturnType<typeof abortAt> {
  return abortAt({ what, deadlineMs: PAGE_MS_MAX, signal: run.stop.signal });
}

async function readPage(url: URL, run: Run): Promise<{ [key: string]: Json }> {
  using limit = pageLimit(run, `${url.pathname} to answer`);
  return await askJson(url, { method: "GET", runId: run.runId, signal: limit.signal });
}

function itemsOf(body: { [key: string]: Json }, url: URL): Found[] {
  const items = body["items"];
  if (!Array.isArray(items)) throw new Error(`${url.pathname} answered without "items"`);
  return items.map((item) => {
    if (!isRecord(item) || typeof item["id"] !== "string") throw new Error(`${url.pathname} has an item without "id"`);
    const { id, count, value } = item;
    return { id, count: copiesOf(count, id), ...(value !== undefined && { value }) };
  });
}

/** How often an id is there: 1 where nothing is said. A database's count may come as text; anything else is no answer. */
function copiesOf(given: Json | undefined, id: string): number {
  if (given === undefined) return 1;
  const count = typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given;
  if (typeof count === "number" && Number.isInteger(count) && count >= 0) return count;
  throw new Error(`"${id}" has a count of ${JSON.stringify(given)}, which is no whole number from 0`);
}
