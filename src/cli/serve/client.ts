/** Asks a dashboard that is already running on this machine: whether it is one, and for a new link. */
import { request } from "node:http";

const ASK_MS_MAX = 3_000;
const ANSWER_BYTES_MAX = 64 * 1024;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Returns the version of the dashboard at the port of loopback; null if none answers there. */
export async function dashboardAt(port: number): Promise<string | null> {
  const answer = await ask(port, { method: "GET", path: "/api/v1/health" }).catch(() => null);
  const version = (answer?.body as { version?: unknown } | null)?.version;
  return answer?.status === 200 && typeof version === "string" ? version : null;
}

/** Returns a new link of the dashboard at the port; null if it gives none for this token. */
export async function newLink(port: number, token: string): Promise<string | null> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "content-length": "2" };
  const answer = await ask(port, { method: "POST", path: "/api/v1/session/codes", headers, body: "{}" }).catch(
    () => null,
  );
  const link = (answer?.body as { link?: unknown } | null)?.link;
  return answer?.status === 201 && typeof link === "string" ? link : null;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function ask(port: number, { method, path, headers = {}, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", port, method, path, headers, timeout: ASK_MS_MAX }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > ANSWER_BYTES_MAX) asking.destroy(new Error("an answer that is too long"));
      });
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
        } catch (thrown) {
          reject(thrown);
        }
      });
    });
    asking.on("timeout", () => asking.destroy(new Error("no answer")));
    asking.on("error", reject);
    asking.end(body);
  });
}
