/** One request to the API server: @kubernetes/client-node authenticates it, Node sends it, and each has a deadline. */
import { request as requestHttp } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import { type Call, pathOf } from "./path.ts";
import { answerTrouble } from "./refused.ts";

const DEADLINE_MS = 15_000;

export interface RequestContent {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Default: application/json. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

export class Requests {
  readonly #config: KubeConfig;
  readonly #server: string;
  readonly #context: string;

  constructor(config: KubeConfig, server: string) {
    this.#config = config;
    this.#server = server.replace(/\/$/, "");
    this.#context = config.getCurrentContext();
  }

  /** Returns the body of a successful response. Throws GamedayError with the request and the server's answer. */
  async ask(call: Call, method: string, content: RequestContent = {}): Promise<string> {
    const url = new URL(this.#server + pathOf(call, method));
    for (const [name, value] of Object.entries(content.query ?? {})) url.searchParams.set(name, value);
    let answer: Answer;
    try {
      const options: RequestOptions = {};
      await this.#config.applyToHTTPSOptions(options); // each time, because tokens expire
      answer = await send(url, { ...options, method }, content);
    } catch (cause) {
      content.signal?.throwIfAborted();
      throw unreachable(this.#server, this.#context, cause);
    }
    if (answer.status >= 200 && answer.status < 300) return answer.text;
    throw answerTrouble(call, answer, this.#context);
  }
}

function send(url: URL, options: RequestOptions, content: RequestContent): Promise<Answer> {
  const request = url.protocol === "http:" ? requestHttp : requestHttps;
  const body = content.body === undefined ? undefined : JSON.stringify(content.body);
  // Without a content length, Node sends the body of a DELETE in a way that servers do not see, and a Job's pods would stay.
  const headers = {
    ...options.headers,
    accept: "application/json, */*",
    "content-type": content.contentType ?? "application/json",
    "content-length": Buffer.byteLength(body ?? ""),
  };
  return new Promise((resolve, reject) => {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const signal = content.signal === undefined ? deadline : AbortSignal.any([deadline, content.signal]);
    const asking = request(url, { ...options, headers, signal }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    });
    asking.on("error", (cause) => reject(deadline.aborted ? new Error(`no answer in ${DEADLINE_MS / 1000} s`) : cause));
    asking.end(body);
  });
}

function unreachable(server: string, context: string, cause: unknown): GamedayError {
  if (cause instanceof GamedayError) return cause;
  return new GamedayError({
    code: "kubernetes-unreachable",
    expected: `the Kubernetes API at ${server} (context ${context}) to answer`,
    got: messageOf(cause) || "no connection",
    hint: `kubectl --context ${context} version`,
    exitCode: ExitCode.notReady,
    cause,
  });
}
