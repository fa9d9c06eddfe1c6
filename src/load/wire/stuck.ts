/**
 * Finds out where a silent worker is stuck. Its inspector is woken (SIGUSR1), the script is paused, and the first stack frame in
 * a user's file is read. This works while the script loops, because Node's inspector runs on a thread of its own.
 */

import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { isOurs } from "../../scenario/thrown.ts";
import { formatPlace } from "../../std/errors.ts";

const DEADLINE_MS = 1_500;

interface Frame {
  readonly functionName: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
}

interface InspectorMessage {
  readonly method?: string;
  readonly params?: { readonly callFrames?: readonly Frame[]; readonly scriptId?: string; readonly url?: string };
}

/**
 * Resolves with the place, such as "/scripts/sale.ts:12:5 (run)"; null when it cannot be determined in time. `url` is the
 * address of the worker's inspector.
 */
export function whereStuck(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const scripts = new Map<string, string>(); // frames refer to their script by id only
    const end = (found: string | null) => {
      clearTimeout(timer);
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ id: 9, method: "Debugger.resume" }));
      socket.close();
      resolve(found);
    };
    const timer = setTimeout(() => end(null), DEADLINE_MS);
    socket.on("error", () => end(null));
    socket.on("open", () => {
      socket.send(JSON.stringify({ id: 1, method: "Debugger.enable" }));
      socket.send(JSON.stringify({ id: 2, method: "Debugger.pause" }));
    });
    socket.on("message", (data) => {
      const { method, params } = JSON.parse(String(data)) as InspectorMessage;
      if (method === "Debugger.scriptParsed") scripts.set(params?.scriptId ?? "", params?.url ?? "");
      else if (method === "Debugger.paused") end(placeIn(params?.callFrames ?? [], scripts));
    });
  });
}

function placeIn(frames: readonly Frame[], scripts: ReadonlyMap<string, string>): string | null {
  for (const { functionName, location } of frames) {
    const url = scripts.get(location.scriptId) ?? "";
    if (!url.startsWith("file:") || isOurs(fileURLToPath(url))) continue;
    const place = { file: fileURLToPath(url), line: location.lineNumber + 1, column: location.columnNumber + 1 };
    return functionName === "" ? formatPlace(place) : `${formatPlace(place)} (${functionName})`;
  }
  return null;
}

/** Returns the inspector's address from the line that Node prints when the inspector is woken; null for other lines. */
export function inspectorUrl(line: string): string | null {
  return /^Debugger listening on (ws:\/\/\S+)/.exec(line)?.[1] ?? null;
}
