/**
 * Reads a ledger over HTTP, page by page: GET path?run=ID answers {"items":[{"id","count","value"}],"complete":true,
 * "next":cursor|null,"source":"..."}; with a mapping, the answers of an existing API are read as they are.
 */
import type { HttpLedger } from "../plan.ts";
import type { Run } from "../run.ts";
import { isRecord, type Json } from "../std/json.ts";
import { valueAt, valuesAt } from "../std/json-path.ts";
import { ask } from "./ask.ts";
import { belowForRun } from "./below.ts";
import { type FoundItem, foundOf, wholeNumberOf } from "./found.ts";

const PAGES_MAX = 100_000;

export interface Page {
  readonly found: readonly FoundItem[];
  readonly source: string;
}

interface Walk {
  readonly ledger: HttpLedger;
  readonly run: Run;
  readonly signal: AbortSignal;
}

/** Reads all pages. Throws an Error for an invalid page, and for pages that do not end. */
export async function* readHttp(walk: Walk): AsyncGenerator<Page> {
  const begin = firstUrl(walk);
  const cursors = new Set<string>();
  let shown = 0;
  let asked: string | null = null;
  for (let url = begin, number = 1; number <= PAGES_MAX; number++) {
    const body = await ask(url, {
      method: "GET",
      run: walk.run,
      plan: walk.run.plan.ledger,
      headers: walk.ledger.headers,
      signal: walk.signal,
    });
    const items = itemsOf(body, walk.ledger, url);
    const next = nextOf(body, walk.ledger, url);
    shown += items.length;
    const isOnly = number === 1 && next === null;
    yield { found: isOnly ? items : items.map((item) => ({ ...item, page: number })), source: sourceOf(body, url) };
    requireComplete(body, walk.ledger, url);
    const isEnd = next === null || isTotal(body, walk.ledger, shown) || (items.length === 0 && next === asked);
    if (isEnd) return requireTotal(body, walk.ledger, shown);
    if (cursors.has(next))
      throw new Error(
        `${url.pathname} repeats the cursor ${JSON.stringify(next)} on page ${number}, so its pages would never end`,
      );
    cursors.add(next);
    asked = next;
    url = nextUrl(url, next, walk.ledger);
  }
  throw new Error(`${begin.pathname} has more than ${PAGES_MAX} pages`);
}

/**
 * Returns the URL of the first page. An API that was not written for Gameday may refuse a parameter that it does not know, so
 * that a mapped path is used as it is.
 */
function firstUrl({ ledger, run }: Walk): URL {
  const url = belowForRun(run.platform.endpoint(), ledger.path, run.runId);
  if (ledger.mapping === undefined) url.searchParams.set("run", run.runId);
  if (ledger.pageSize !== undefined) url.searchParams.set("limit", String(ledger.pageSize));
  return url;
}

/**
 * Returns the items of a page. A row without an id belongs to other people in an API that was not written for Gameday, and is
 * an error in one that was.
 */
function itemsOf(body: Json, { mapping, fields = {} }: HttpLedger, url: URL): FoundItem[] {
  const items = mapping === undefined ? listOf(body, url) : mapped(body, mapping.items, url);
  return items.flatMap((item) => {
    const at = (path: string | undefined, name: string) => (isRecord(item) ? valueAt(item, path ?? name) : undefined);
    const id = fields.id === undefined && !isRecord(item) && mapping !== undefined ? item : at(fields.id, "id");
    if (mapping !== undefined && (id === undefined || id === null)) return [];
    const [count, value, row] = [at(fields.count, "count"), at(fields.value, "value"), at(fields.row, "row")];
    return [foundOf({ id, count, value, row }, url.pathname)];
  });
}

function listOf(body: Json, url: URL): Json[] {
  const items = isRecord(body) ? body["items"] : undefined;
  if (!Array.isArray(items)) throw new Error(`${url.pathname} answered without "items"`);
  return items;
}

/** Returns the items at a path. A list without items is an empty page; without a list, the answer is not a page. */
function mapped(body: Json, path: string, url: URL): Json[] {
  const list = path.endsWith("[*]") ? path.slice(0, -"[*]".length) || "$" : path;
  const lists = valuesAt(body, list);
  const isPage = lists.length > 0 && lists.every((each) => Array.isArray(each));
  if (!isPage && !list.includes("[*]")) throw new Error(`${url.pathname} answered without a list at ${path}`);
  return lists.flatMap((each) => (Array.isArray(each) ? each : []));
}

/**
 * Returns the cursor or the URL of the next page; null if this page was the last. A missing value, an empty text and false all
 * mean that there is no next page.
 */
function nextOf(body: Json, { mapping }: HttpLedger, url: URL): string | null {
  if (mapping?.more !== undefined && !isTrue(valueAt(body, mapping.more))) return null;
  const path = mapping === undefined ? "next" : mapping.next;
  const next = path === undefined ? null : valueAt(body, path);
  if (next === undefined || next === null || next === false) return null;
  if (typeof next === "string") return next.trim() === "" ? null : next;
  if (typeof next === "number") return String(next);
  throw new Error(
    `${url.pathname} names ${JSON.stringify(next)?.slice(0, 100)} as its next page, which is not a cursor`,
  );
}

function isTrue(value: Json | undefined): boolean {
  return value === true || value === "true" || value === 1;
}

/**
 * Returns the URL of the next page. If it is given as a URL, it is requested at our own address, because a proxy may have
 * changed host and folder.
 */
function nextUrl(url: URL, next: string, { cursor = "cursor" }: HttpLedger): URL {
  const after = new URL(url);
  if (!/^(https?:\/\/|\/|\?)/i.test(next)) {
    after.searchParams.set(cursor, next);
    return after;
  }
  const given = new URL(next, url);
  if (lastSegment(given) === lastSegment(url)) after.search = given.search;
  else if (given.origin === url.origin) return given;
  else
    throw new Error(
      `${url.pathname} names ${given.origin}${given.pathname} as its next page, which is outside the endpoint`,
    );
  return after;
}

function lastSegment({ pathname }: URL): string {
  return pathname.replace(/\/+$/, "").split("/").at(-1) ?? "";
}

function requireComplete(body: Json, { mapping }: HttpLedger, url: URL): void {
  if (mapping !== undefined || (isRecord(body) && body["complete"] === true)) return;
  throw new Error(`${url.pathname} reports that it is not complete`);
}

/** Returns whether all items were read. Some APIs name a next page on the last page as well; the total is more reliable. */
function isTotal(body: Json, { mapping }: HttpLedger, shown: number): boolean {
  return mapping?.total !== undefined && wholeNumberOf(valueAt(body, mapping.total)) === shown;
}

function requireTotal(body: Json, ledger: HttpLedger, shown: number): void {
  const { mapping } = ledger;
  if (mapping?.total === undefined || isTotal(body, ledger, shown)) return;
  const given = JSON.stringify(valueAt(body, mapping.total)) ?? "absent";
  throw new Error(`all pages have ${shown} items, and the answer's total is ${given}`);
}

function sourceOf(body: Json, url: URL): string {
  const source = isRecord(body) ? body["source"] : undefined;
  return typeof source === "string" ? source : url.host;
}
