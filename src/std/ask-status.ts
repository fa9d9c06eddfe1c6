/** Requests the status of a URL over HTTP: without the ports that fetch refuses, and with a reason if it fails. */
import { request as plainRequest, STATUS_CODES } from "node:http";
import { request as secureRequest } from "node:https";
import type { Socket } from "node:net";

export interface StatusAnswer {
  readonly status: number;
  /** The target of a redirect; null if there is none. */
  readonly location: string | null;
}

export interface StatusOptions {
  readonly signal: AbortSignal;
  /** Called with what is waited for next, whenever it changes. */
  readonly onStage?: (stage: AskStage) => void;
}

/** What an exchange waits for. */
export type AskStage = "connection" | "TLS handshake" | "answer";

/** GETs the URL, follows no redirect, and leaves the body unread. Rejects with the system's error or the signal's reason. */
export function askStatus(url: URL, { signal, onStage }: StatusOptions): Promise<StatusAnswer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const isSecure = url.protocol === "https:";
    // No shared agent: a kept connection would not show whether a new one can be made.
    const options = { agent: false as const, signal, headers: { accept: "*/*", "user-agent": "gameday" } };
    const asked = (isSecure ? secureRequest : plainRequest)(url, options, (answer) => {
      resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? null });
      asked.destroy();
    });
    onStage?.("connection");
    asked.once("socket", (socket: Socket) => {
      socket.once("connect", () => onStage?.(isSecure ? "TLS handshake" : "answer"));
      socket.once("secureConnect", () => onStage?.("answer"));
    });
    asked.on("error", (thrown) => reject(signal.aborted ? signal.reason : thrown));
    asked.end();
  });
}

/** Returns "status 503 Service Unavailable"; for a redirect also its target. */
export function describeStatus({ status, location }: StatusAnswer): string {
  const reason = STATUS_CODES[status];
  const leads = location === null || status < 300 || status > 399 ? "" : `, which leads to ${location.slice(0, 200)}`;
  return `status ${status}${reason === undefined ? "" : ` ${reason}`}${leads}`;
}
