/**
 * Whether users get in at all: each entry of the plan is asked from here over a fresh connection, and the app from a pod inside the cluster,
 * twice a second. The probes measure outages; this shows where they come from: a node that is an entry, the ingress, or the app.
 */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { messageOf } from "../../std/errors.ts";
import { pause } from "../../std/wait.ts";
import type { TimelineEvent } from "../../timeline.ts";
import type { Parts } from "./parts.ts";
import { readProber } from "./prober.ts";

const EVERY_MS = 500;
const ANSWER_MS = 1_000;
/** A proxy answers so when what is behind it does not. */
const BEHIND_IS_AWAY = new Set([502, 503, 504]);

/** What one attempt found: whether there was an answer (null: the attempt could not be made), and otherwise why not. */
export interface EntrySight {
  readonly answers: boolean | null;
  readonly because?: string;
}

type Emit = (event: TimelineEvent) => void;

/** Records each change until the signal aborts. Nothing is watched where the plan names no second entry and no address inside. */
export async function watchEntries(parts: Parts, emit: Emit, signal: AbortSignal): Promise<void> {
  const { endpoint, entries, inside } = parts.config;
  const outside = entries.length === 0 && inside === undefined ? [] : [endpoint, ...entries];
  await Promise.all([
    ...outside.map((url) => follow(parts, { place: "outside", entry: url, look: () => askEntry(url) }, emit, signal)),
    ...(inside === undefined
      ? []
      : [follow(parts, { place: "inside", entry: inside, look: readProber(parts, signal) }, emit, signal)]),
  ]);
}

interface Entry {
  readonly place: "outside" | "inside";
  readonly entry: string;
  readonly look: () => Promise<EntrySight>;
}

async function follow({ clock }: Parts, { place, entry, look }: Entry, emit: Emit, signal: AbortSignal): Promise<void> {
  let last: EntrySight["answers"] | undefined;
  while (!signal.aborted) {
    const { answers, because } = await look().catch((thrown: unknown) => ({
      answers: null,
      because: messageOf(thrown),
    }));
    if (signal.aborted) return;
    const told = because === undefined ? {} : { because };
    if (answers !== last) emit({ atMs: clock.nowMs(), type: "entry", place, entry, answers, ...told });
    last = answers;
    await pause(EVERY_MS, signal).catch(() => undefined);
  }
}

/** Asks an entry over a connection of its own. Certificates are not verified: only the way in is looked at. */
export function askEntry(url: string): Promise<EntrySight> {
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  const options = { agent: false as const, rejectUnauthorized: false, signal: AbortSignal.timeout(ANSWER_MS) };
  return new Promise((resolve) => {
    const asking = request(url, options, ({ statusCode = 0 }) => {
      asking.destroy();
      if (BEHIND_IS_AWAY.has(statusCode)) resolve({ answers: false, because: `status ${statusCode}` });
      else resolve({ answers: true });
    });
    asking.on("error", (error) => resolve({ answers: false, because: messageOf(error) || "no connection" }));
    asking.end();
  });
}
