/** Calls of the API. Every answer is either a value or a problem that can be shown; a call never throws. */
import type { ApiProblem } from "../api.ts";

export type ApiAnswer<T> =
  | { readonly ok: true; readonly value: T; readonly etag: string | null }
  | { readonly ok: false; readonly problem: Pick<ApiProblem, "status" | "code" | "title"> & Partial<ApiProblem> };

export interface ApiCallOptions {
  readonly body?: unknown;
  /** The version that a change was made for: the server refuses it if somebody else has changed it since. */
  readonly ifMatch?: string;
}

/** The caller: the right to control, and the name in the timeline. */
export interface PageCaller {
  readonly token: string | null;
  readonly name: string | null;
}

const PREFIX = "/api/v1";
/** No call takes longer; a plan's check loads scripts in a process of its own and may take several seconds. */
const CALL_MS_MAX = 60_000;

let caller: PageCaller = { token: null, name: null };
let refused: () => void = () => undefined;

/** Calls back when the server no longer takes the token, after it was started with another one. */
export function onTokenRefused(callback: () => void): void {
  refused = callback;
}

export function setCaller(next: PageCaller): void {
  caller = next;
}

export function get<T>(path: string): Promise<ApiAnswer<T>> {
  return call("GET", path);
}

export async function call<T>(method: string, path: string, options: ApiCallOptions = {}): Promise<ApiAnswer<T>> {
  try {
    const body = method === "GET" ? null : JSON.stringify(options.body ?? {});
    const response = await fetch(`${PREFIX}${path}`, {
      method,
      body,
      headers: headersOf(method, options),
      signal: AbortSignal.timeout(CALL_MS_MAX),
    });
    const value: unknown = await response.json().catch(() => null);
    if (response.ok) return { ok: true, value: value as T, etag: response.headers.get("etag") };
    if (response.status === 401 && caller.token !== null) refused();
    return { ok: false, problem: problemOf(response.status, value) };
  } catch {
    return { ok: false, problem: { status: 0, code: "not-connected", title: "the server did not answer" } };
  }
}

/** Returns a problem as one text for people: what came, and what to do. */
export function describeProblem({ problem }: Extract<ApiAnswer<unknown>, { ok: false }>): string {
  const where = problem.where === undefined ? "" : ` (${problem.where.file}:${problem.where.line ?? 1})`;
  const hint = problem.hint === undefined ? "" : ` ${sentence(problem.hint)}`;
  return `${sentence(problem.detail ?? problem.title)}${where}${hint} [${problem.code}]`;
}

function headersOf(method: string, { ifMatch }: ApiCallOptions): Record<string, string> {
  if (method === "GET") return {};
  return {
    "Content-Type": "application/json",
    ...(method === "POST" && { "Idempotency-Key": randomKey() }),
    ...(caller.token !== null && { Authorization: `Bearer ${caller.token}` }),
    ...(caller.name !== null && { "X-Gameday-By": caller.name }),
    ...(ifMatch !== undefined && { "If-Match": `"${ifMatch}"` }),
  };
}

function problemOf(status: number, value: unknown) {
  const given = typeof value === "object" && value !== null ? (value as Partial<ApiProblem>) : {};
  return { code: `http-${status}`, title: `the server answered ${status}`, ...given, status };
}

/** crypto.randomUUID exists only where the connection is secure, which a page beyond loopback may not be. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase();
  return `${first}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
