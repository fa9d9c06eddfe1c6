/**
 * The right of this page to control. The printed link carries a code that can be used once; the page exchanges it for a token and
 * removes it from the address. The token stays in this tab's storage, which is bound to scheme, host and port. A further tab of the
 * same page gets it from the tab that has it.
 */
import { call, describeProblem, get, type PageCaller, setCaller } from "./api.ts";

export interface PageSession {
  readonly name: string | null;
  /** Why this page may only read, in words; null if it may control. */
  readonly readOnlyBecause: string | null;
}

const TOKEN = "gameday.token";
const NAME = "gameday.name";
const CHANNEL = "gameday";
/** How long another tab may take to answer. */
const ASK_MS = 250;
const OPEN_LINK = "to control, open the printed link, or type gameday serve --link for a new one";

export async function beginSession(): Promise<PageSession> {
  const code = takeCode();
  const asked = code === null ? null : exchange(code);
  const health = await get<{ readOnly: boolean }>("/health");
  const trouble = await asked;
  if (health.ok && health.value.readOnly)
    return { name: null, readOnlyBecause: "the server was started with --read-only" };
  const caller = stored() ?? (await askOtherTabs());
  if (caller === null) return { name: null, readOnlyBecause: trouble ?? OPEN_LINK };
  store(caller);
  answerOtherTabs();
  return { name: caller.name, readOnlyBecause: null };
}

/** Forgets the token, after the server has refused it. */
export function endSession(): PageSession {
  sessionStorage.removeItem(TOKEN);
  setCaller({ token: null, name: null });
  return { name: null, readOnlyBecause: OPEN_LINK };
}

/** Returns the code of the address's fragment and removes it there, so that it is in no history and no copied link. */
function takeCode(): string | null {
  const code = /^#code=([^&]+)/.exec(location.hash)?.[1] ?? null;
  if (code !== null) history.replaceState(null, "", location.pathname + location.search);
  return code === null ? null : decodeURIComponent(code);
}

/** Stores the token for a code. Returns why there is none, in words. */
async function exchange(code: string): Promise<string | null> {
  const answer = await call<{ token: string | null; name: string }>("POST", "/session", { body: { code } });
  if (!answer.ok) return `${describeProblem(answer)} ${OPEN_LINK}`;
  if (answer.value.token === null) return "the server gives no right to control";
  store({ token: answer.value.token, name: answer.value.name });
  return null;
}

function stored(): PageCaller | null {
  const token = sessionStorage.getItem(TOKEN);
  return token === null ? null : { token, name: sessionStorage.getItem(NAME) };
}

function store(caller: PageCaller): void {
  sessionStorage.setItem(TOKEN, caller.token ?? "");
  sessionStorage.setItem(NAME, caller.name ?? "");
  setCaller(caller);
}

function askOtherTabs(): Promise<PageCaller | null> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(CHANNEL);
    const end = (caller: PageCaller | null) => {
      clearTimeout(timer);
      channel.close();
      resolve(caller);
    };
    const timer = setTimeout(() => end(null), ASK_MS);
    channel.onmessage = ({ data }: MessageEvent<{ kind?: string; token?: string; name?: string }>) => {
      if (data.kind === "session" && typeof data.token === "string")
        end({ token: data.token, name: data.name ?? null });
    };
    channel.postMessage({ kind: "ask-session" });
  });
}

function answerOtherTabs(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<{ kind?: string }>) => {
    const caller = stored();
    if (data.kind === "ask-session" && caller !== null) channel.postMessage({ kind: "session", ...caller });
  };
}
