/**
 * Connections into pods for queries: port-forwards that are opened on first use and kept. They lead through the kubelet to the
 * loopback interface of the pod's own network namespace, so they also reach a pod that is cut off from everything else.
 */
import { connect, type Socket } from "node:net";
import type { ClusterApi, Forward } from "../../kubernetes.ts";
import type { Json } from "../../std/json.ts";
import { askHttp, type HttpAnswer, type RedisAnswer } from "../ask.ts";
import type { PodObject } from "./objects.ts";
import { RedisLine } from "./redis-line.ts";

const ANSWER_MS = 3_000;

export class Doors implements AsyncDisposable {
  readonly #api: ClusterApi;
  readonly #open = new Map<string, Promise<Forward>>();
  readonly #lines = new Map<string, RedisLine>();
  readonly #end = new AbortController();

  constructor(api: ClusterApi) {
    this.#api = api;
  }

  /** Returns the local port that leads to a port of exactly this pod. */
  async port(pod: PodObject, port: number): Promise<number> {
    const { name, namespace = "", uid = "" } = pod.metadata;
    const key = `${uid}:${port}`;
    let door = this.#open.get(key);
    if (door === undefined) {
      door = this.#api.forward({ namespace, pod: name, uid }, port, this.#end.signal);
      this.#open.set(key, door);
    }
    return (await door).port;
  }

  async http(pod: PodObject, port: number, path: string, signal: AbortSignal): Promise<HttpAnswer> {
    const both = bounded(signal);
    return askHttp(await this.#dial(pod, port, both), path, both);
  }

  async json(pod: PodObject, port: number, path: string, signal: AbortSignal): Promise<Json> {
    const { status, body } = await this.http(pod, port, path, signal);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    return JSON.parse(body) as Json;
  }

  /**
   * Sends one command to a Redis or a Sentinel over a connection that is kept; `login` holds the arguments of an AUTH that is
   * sent when the connection is opened.
   */
  async redis(
    { pod, port, login }: { pod: PodObject; port: number; login: readonly string[] },
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<RedisAnswer> {
    const both = bounded(signal);
    const key = `${pod.metadata.uid}:${port}`;
    let line = this.#lines.get(key);
    if (line === undefined || line.failed) {
      line = new RedisLine(await this.port(pod, port));
      this.#lines.set(key, line);
      if (login.length > 0) await logIn(line, login, both);
    }
    return await line.ask(command, both);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new Error("the platform is closed"));
    for (const line of this.#lines.values()) line.close();
    for (const door of this.#open.values()) await (await door.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  async #dial(pod: PodObject, port: number, signal: AbortSignal): Promise<Socket> {
    const local = await this.port(pod, port);
    return await new Promise((resolve, reject) => {
      const socket = connect(local, "127.0.0.1");
      const abort = () => socket.destroy(new Error(`no answer in ${ANSWER_MS} ms`));
      signal.addEventListener("abort", abort, { once: true });
      socket.once("connect", () => {
        signal.removeEventListener("abort", abort);
        resolve(socket);
      });
      socket.once("error", reject);
    });
  }
}

/** A connection that may not log in is given up: kept, it would refuse every later command without saying why. */
async function logIn(line: RedisLine, login: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    await line.ask(["AUTH", ...login], signal);
  } catch (thrown) {
    line.close();
    throw thrown;
  }
}

function bounded(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
}

/**
 * Returns the answer, or undefined when the query fails: such queries find out whether a part answers, so its silence is a result
 * and not an error.
 */
export async function quietly<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}
