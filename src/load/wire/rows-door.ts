/** The coordinator's HTTP endpoint for workers on other machines that request rows: POST /rows, with the token. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RowsAsk } from "../rows/protocol.ts";
import type { RemoteLink } from "./remote-link.ts";

const BODY_BYTES_MAX = 1 << 20;

/** Answers a request for rows. Any other request gets status 426, because it should be a WebSocket. */
export function answerRows(
  request: IncomingMessage,
  response: ServerResponse,
  isAllowed: (authorization: string | undefined) => boolean,
  linkOf: (id: string) => RemoteLink | undefined,
): void {
  if (request.method !== "POST" || request.url !== "/rows") return void response.writeHead(426).end();
  if (!isAllowed(request.headers.authorization)) return void response.writeHead(401).end();
  let text = "";
  request.on("error", () => response.destroy());
  request.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1"); // raw bytes; decoded when all have arrived
    if (text.length > BODY_BYTES_MAX) request.destroy();
  });
  request.on("end", () => {
    const asked = parsed(text);
    const taken =
      asked !== undefined && linkOf(asked.id)?.askRows(asked.ask, (answer) => response.end(JSON.stringify(answer)));
    if (taken !== true) response.writeHead(409).end();
  });
}

function parsed(text: string): { readonly id: string; readonly ask: RowsAsk } | undefined {
  try {
    const { id, ask } = JSON.parse(Buffer.from(text, "latin1").toString()) as { id: unknown; ask: RowsAsk };
    const sound =
      typeof id === "string" && typeof ask?.key === "string" && Number.isSafeInteger(ask.length) && ask.length > 0;
    return sound ? { id, ask: { ...ask, back: ask.back ?? {} } } : undefined;
  } catch {
    return undefined;
  }
}
