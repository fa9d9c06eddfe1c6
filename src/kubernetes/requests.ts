/**
 * One request to the API server: @kubernetes/client-node authenticates it, Node sends it, and each has a deadline. What a server asks to
 * have repeated is repeated: after the time that it names (Retry-After), or with a new login after a 401.
 */
import { type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import { pause } from "../std/wait.ts";
import type { ClusterLogin } from "./cluster-login.ts";
import { type Call, pathOf } from "./path.ts";
import { answerTrouble } from "./refused.ts";

/** For the whole request, all its repetitions included. */
const DEADLINE_MS = 15_000;
/** As kubectl does it: client-go, rest/with_retry.go. */
const ATTEMPTS_MAX = 10;

export interface RequestContent {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Default: application/json. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** False for a request whose refusal is evidence, so that the caller decides when to repeat it. Default: true. */
  readonly asksAgain?: boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export class Requests {
  readonly #login: ClusterLogin;

  constructor(login: ClusterLogin) {
    this.#login = login;
  }

  /** Returns the body of a successful response. Throws GamedayError with the request and the server's answer. */
  async ask(call: Call, method: string, content: RequestContent = {}): Promise<string> {
    const endMs = performance.now() + DEADLINE_MS;
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const signal = content.signal === undefined ? deadline : AbortSignal.any([deadline, content.signal]);
    let answer: Answer;
    for (let attempt = 1; ; attempt++) {
      const { config } = this.#login;
      try {
        answer = await send(config, urlOf(config, call, method, content), { method, content, signal });
        if (isGood(answer) || attempt === ATTEMPTS_MAX || content.asksAgain === false) break;
        if (!(await this.#shouldRepeat(answer, { config, attempt, endMs, signal }))) break;
      } catch (cause) {
        content.signal?.throwIfAborted();
        throw unreachable(config, deadline.aborted ? `no answer in ${DEADLINE_MS / 1000} s` : messageOf(cause), cause);
      }
    }
    if (isGood(answer)) return answer.text;
    throw answerTrouble(call, answer, this.#login.config.getCurrentContext());
  }

  /**
   * Waits as long as the server asks for. Returns false for an answer that stays the same however often one asks, and where the pause
   * would last beyond the deadline: the server's own words say more than silence.
   */
  async #shouldRepeat(answer: Answer, { config, attempt, endMs, signal }: Attempt): Promise<boolean> {
    if (answer.status === 401) return attempt === 1 && (await this.#login.renew(config));
    const afterMs = retryAfterMs(answer);
    if (afterMs === null || performance.now() + afterMs >= endMs) return false;
    await pause(afterMs, signal);
    return true;
  }
}

interface Attempt {
  readonly config: KubeConfig;
  readonly attempt: number;
  /** The end of the request with all its repetitions, on the scale of performance.now(). */
  readonly endMs: number;
  readonly signal: AbortSignal;
}

function isGood({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** Returns the pause that a busy server asks for, in whole seconds (RFC 9110, 10.2.3); null when it asks for none. */
function retryAfterMs({ status, headers }: Answer): number | null {
  const seconds = Number(headers["retry-after"] ?? Number.NaN);
  return (status === 429 || status >= 500) && seconds >= 0 ? seconds * 1_000 : null;
}

function urlOf(config: KubeConfig, call: Call, method: string, { query = {} }: RequestContent): URL {
  const url = new URL((config.getCurrentCluster()?.server ?? "").replace(/\/$/, "") + pathOf(call, method));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

interface Sending {
  readonly method: string;
  readonly content: RequestContent;
  readonly signal: AbortSignal;
}

async function send(config: KubeConfig, url: URL, { method, content, signal }: Sending): Promise<Answer> {
  const options: RequestOptions = { method, signal };
  await config.applyToHTTPSOptions(options);
  const body = content.body === undefined ? undefined : JSON.stringify(content.body);
  // Without a content length, Node sends the body of a DELETE in a way that servers do not see, and a Job's pods would stay.
  const headers = {
    ...options.headers,
    accept: "application/json, */*",
    "content-type": content.contentType ?? "application/json",
    "content-length": Buffer.byteLength(body ?? ""),
  };
  const request = url.protocol === "http:" ? requestHttp : requestHttps;
  return await new Promise((resolve, reject) => {
    const asking = request(url, { ...options, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text: Buffer.concat(parts).toString() });
      });
    });
    asking.on("error", reject);
    asking.end(body);
  });
}

function unreachable(config: KubeConfig, got: string, cause: unknown): GamedayError {
  if (cause instanceof GamedayError) return cause;
  const context = config.getCurrentContext();
  return new GamedayError({
    code: "kubernetes-unreachable",
    expected: `the Kubernetes API at ${config.getCurrentCluster()?.server ?? "no address"} (context ${context}) to answer`,
    got: got || "no connection",
    hint: `kubectl --context ${context} version`,
    exitCode: ExitCode.notReady,
    cause,
  });
}
