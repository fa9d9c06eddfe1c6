/** Starts an app in a lab of one replica, and looks which paths it answers. The lab is gone afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platformKind } from "../../run/platforms.ts";
import { monotonicClock } from "../../std/clock.ts";
import { isRecord, type Json } from "../../std/json.ts";
import type { AppAnswers, LoginForm } from "./app.ts";

/** Paths by which frameworks and people usually answer that they are ready, the most telling first. */
const READINESS = ["/readyz", "/ready", "/healthz", "/health", "/actuator/health", "/livez", "/live", "/up", "/status"];
const DOCUMENTS = ["/openapi.json", "/v3/api-docs", "/swagger.json", "/api/openapi.json", "/api/schema/"];
const ANSWER_MS_MAX = 5_000;
const ANSWER_BYTES_MAX = 1 << 20;
/** More suggestions than these are no help. */
const READS_MAX = 5;

/** What an app answered. */
export interface Seen {
  /** The first usual path of readiness that answered 2xx; null when none did. */
  readonly readiness: string | null;
  /** Paths that answered GET with 2xx: those that were given, and those that the app itself names. */
  readonly reads: readonly string[];
  /** Each path that was asked, with its status, or why there was none. */
  readonly asked: ReadonlyMap<string, number | string>;
  /** Requests that store something, as the app's own API document names them: "POST /orders". */
  readonly writes: readonly string[];
  /** The form that the path of the login answers; null when it answers none. */
  readonly loginForm: LoginForm | null;
  /** The path of that form; null when there is none. */
  readonly loginPath: string | null;
}

/**
 * Boots the lab with the app and asks it. Throws the lab's own errors, which show what the app printed; `failed` is called before,
 * with the folder that has the lab's logs.
 */
export async function lookAtApp(
  app: AppAnswers,
  { stateFolder, failed }: { readonly stateFolder: string; readonly failed: (logFolder: string) => void },
  signal: AbortSignal,
): Promise<Seen> {
  const logFolder = mkdtempSync(join(tmpdir(), "gameday-new-"));
  let isUp = false;
  try {
    const kind = platformKind("lab");
    const config = kind.schema.parse(labOf(app)) as { kind: string };
    const places = { planFolder: app.directory, stateFolder, logFolder };
    await using platform = await kind.create(config, { runId: "new", clock: monotonicClock(), ...places });
    await platform.prepare(signal);
    isUp = true;
    return await askApp(new URL(platform.endpoint()), app, signal);
  } finally {
    if (isUp || signal.aborted) rmSync(logFolder, { recursive: true, force: true });
    else failed(logFolder);
  }
}

/** Any answer at all is enough here: which path means ready is what we want to find out. */
function labOf({ command, prepare, directory }: AppAnswers): Json {
  const readiness = { path: "/", status: "100-499", within: "90s" };
  return {
    kind: "lab",
    app: { command: [...command], prepare: prepare && [...prepare], directory, replicas: 1, readiness },
  };
}

/** Asks the usual paths, those that were given, and those that the app's pages and API documents name. */
export async function askApp(base: URL, app: AppAnswers, signal: AbortSignal): Promise<Seen> {
  const asked = new Map<string, number | string>();
  const get = async (path: string): Promise<Page | null> => {
    const { status, text, location } = await answerOf(new URL(path, base), signal);
    asked.set(path, status);
    // Frameworks that want a slash at the end say so by a redirect; the path with the slash is what was meant.
    if (location === `${path}/`) return get(location);
    return isGood(status) ? { path, text } : null;
  };
  const readiness = await firstGood(app.readiness === null ? READINESS : [app.readiness], get);
  const home = await get("/");
  const loginPage = app.login === null ? null : await get(app.login.path);
  const loginForm = formIn(loginPage?.text ?? "");
  const documents = await Promise.all(DOCUMENTS.map(async (path) => (await get(path))?.text ?? ""));
  const { reads, writes } = namedIn(documents);
  const candidates = [...new Set([...app.reads, ...reads, ...linksIn(home?.text ?? ""), "/"])].slice(0, 4 * READS_MAX);
  const good: string[] = [];
  for (const path of candidates) {
    const found = asked.has(path) ? (isGood(asked.get(path) ?? 0) ? path : null) : ((await get(path))?.path ?? null);
    if (found !== null && !good.includes(found)) good.push(found);
  }
  return { readiness, reads: good.slice(0, READS_MAX), asked, writes, loginForm, loginPath: loginPage?.path ?? null };
}

/** A page that was found, by the path that has it. */
interface Page {
  readonly path: string;
  readonly text: string;
}

/** Names of the hidden field by which frameworks recognize that a form was read before it is sent. */
const CSRF_FIELD = /csrf|authenticity_token|^_token$|RequestVerificationToken/i;

/** Returns the form of a page that asks for a password; null when the page has none. */
export function formIn(page: string): LoginForm | null {
  if (!/<input[^>]*type=["']?password/i.test(page)) return null;
  const hidden = [...page.matchAll(/<input[^>]*>/gi)].filter(([input]) => /type=["']?hidden/i.test(input));
  const names = hidden.flatMap(([input]) => /\bname=["']?([^"'\s>]+)/i.exec(input)?.[1] ?? []);
  return { csrfField: names.find((name) => CSRF_FIELD.test(name)) ?? null };
}

async function firstGood(
  paths: readonly string[],
  get: (path: string) => Promise<Page | null>,
): Promise<string | null> {
  for (const path of paths) {
    const page = await get(path);
    if (page !== null) return page.path;
  }
  return null;
}

function isGood(status: number | string): boolean {
  return typeof status === "number" && status >= 200 && status < 300;
}

interface Answer {
  /** A reason in words when there was no answer. */
  readonly status: number | string;
  readonly text: string;
  /** The path to which a redirect on the same host leads; null when it is none. */
  readonly location: string | null;
}

async function answerOf(url: URL, signal: AbortSignal): Promise<Answer> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
    const response = await fetch(url, { signal: limit, redirect: "manual" });
    const text = (await response.text()).slice(0, ANSWER_BYTES_MAX);
    const given = response.headers.get("location");
    const target = given === null ? null : URL.parse(given, url.href);
    return { status: response.status, text, location: target?.host === url.host ? target.pathname : null };
  } catch (thrown) {
    signal.throwIfAborted();
    return { status: thrown instanceof Error ? thrown.message : String(thrown), text: "", location: null };
  }
}

/** Returns the paths of an OpenAPI document that need no parameter, and the requests that store something. */
export function namedIn(documents: readonly string[]): { readonly reads: string[]; readonly writes: string[] } {
  const reads: string[] = [];
  const writes: string[] = [];
  for (const [path, methods] of documents.flatMap(pathsOf)) {
    if (path.includes("{")) continue;
    if ("get" in methods) reads.push(path);
    if ("post" in methods) writes.push(`POST ${path}`);
  }
  return { reads, writes };
}

function pathsOf(document: string): [string, { [key: string]: Json }][] {
  try {
    const parsed = JSON.parse(document) as Json;
    const paths = isRecord(parsed) ? parsed["paths"] : undefined;
    if (!isRecord(paths)) return [];
    return Object.entries(paths).flatMap(([path, methods]) => (isRecord(methods) ? [[path, methods]] : []));
  } catch {
    return []; // not every app has such a document, and an HTML page may answer in its place
  }
}

/** Returns the local links of an HTML page, without those to files. */
export function linksIn(page: string): string[] {
  const links = [...page.matchAll(/href=["'](\/[^"'#?{}]*)["'#?]/g)].map(([, path = ""]) => path);
  return [...new Set(links)].filter((path) => !/\.\w{2,4}$/.test(path) && !path.startsWith("//"));
}
