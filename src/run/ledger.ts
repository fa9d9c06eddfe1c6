/** Reads back what the system says is true at rest: every claim's ledger, at least twice, some seconds apart. */
import { setTimeout as delay } from "node:timers/promises";
import type { ClaimPlan, LedgerSource } from "../plan.ts";
import type { Run } from "../run.ts";
import { messageOf } from "../std/errors.ts";
import { isRecord, type Json } from "../std/json.ts";

/** Reads wanted, and at most made when some of them were not complete. */
const READS_WANTED = 2;
const READS_MAX = 4;
const PAGE_MS_MAX = 30_000;
const PAGES_MAX = 100_000;
/** Header that every request of a run carries. */
const RUN_HEADER = "x-gameday-run";

interface Found {
  readonly id: string;
  readonly count: number;
  readonly value?: Json;
}

export async function readLedger(run: Run): Promise<void> {
  await delay(run.plan.ledger.quietMs, undefined, { signal: run.stop.signal });
  const complete = new Map<string, number>();
  const open = () =>
    run.plan.claims.filter((claim) => claim.source.kind !== "none" && (complete.get(claim.object) ?? 0) < READS_WANTED);
  for (let read = 1; read <= READS_MAX && open().length > 0; read++) {
    if (read > 1) await delay(run.plan.ledger.betweenReadsMs, undefined, { signal: run.stop.signal });
    for (const claim of open()) {
      if (await readClaim(run, claim, read)) complete.set(claim.object, (complete.get(claim.object) ?? 0) + 1);
    }
  }
}

async function readClaim(run: Run, claim: ClaimPlan, read: number): Promise<boolean> {
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
  return complete;
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
  const signal = AbortSignal.any([run.stop.signal, AbortSignal.timeout(PAGE_MS_MAX)]);
  const { rows, source } = await run.platform.queries.sql(statement, parameters, signal);
  const found = rows.map(([id, count, value]) => ({
    id: String(id),
    count: count === undefined ? 1 : Number(count),
    ...(value !== undefined && { value }),
  }));
  return { found, source };
}

/** GET path?run=ID answers {"items":[{"id","count","value"}],"complete":true,"next":cursor|null,"source":"..."}. */
async function* readHttp(run: Run, path: string): AsyncGenerator<Page> {
  let next: string | null = null;
  for (let page = 0; page < PAGES_MAX; page++) {
    const url = new URL(path.replaceAll("{run}", encodeURIComponent(run.runId)), run.platform.endpoint());
    url.searchParams.set("run", run.runId);
    if (next !== null) url.searchParams.set("cursor", next);
    const body = await fetchJson(url, run);
    yield { found: itemsOf(body, url), source: String(body["source"] ?? url.host) };
    if (body["complete"] !== true) throw new Error(`${url.pathname} says that it is not complete`);
    if (body["next"] === null || body["next"] === undefined) return;
    next = String(body["next"]);
  }
  throw new Error(`${path} has more than ${PAGES_MAX} pages`);
}

async function fetchJson(url: URL, run: Run): Promise<{ [key: string]: Json }> {
  const signal = AbortSignal.any([run.stop.signal, AbortSignal.timeout(PAGE_MS_MAX)]);
  const response = await fetch(url, { signal, redirect: "error", headers: { [RUN_HEADER]: run.runId } });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url.pathname} answered ${response.status}: ${text.slice(0, 200)}`);
  const body: unknown = JSON.parse(text);
  if (!isRecord(body)) throw new Error(`${url.pathname} answered no JSON object: ${text.slice(0, 200)}`);
  return body;
}

function itemsOf(body: { [key: string]: Json }, url: URL): Found[] {
  const items = body["items"];
  if (!Array.isArray(items)) throw new Error(`${url.pathname} answered without "items"`);
  return items.map((item) => {
    if (!isRecord(item) || typeof item["id"] !== "string") throw new Error(`${url.pathname} has an item without "id"`);
    const { id, count, value } = item;
    return { id, count: count === undefined ? 1 : Number(count), ...(value !== undefined && { value }) };
  });
}
