/** Asks the plan's own questions whether the run may go on: a command that exits 0, or a URL that answers 2xx. */

import type { StopProbe } from "../plan.ts";
import { messageOf } from "../std/errors.ts";
import { tryExec } from "../std/exec.ts";

const ASK_MS_MAX = 10_000;

/** One answer; a question that cannot be asked is answered badly. Throws only when aborted. */
export async function ask(probe: StopProbe, signal: AbortSignal): Promise<{ ok: boolean; seen: string }> {
  try {
    return "argv" in probe ? await askCommand(probe.argv, signal) : await askUrl(probe.url, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    return { ok: false, seen: messageOf(thrown) };
  }
}

async function askCommand(argv: readonly string[], signal: AbortSignal) {
  const { code, signal: killedBy } = await tryExec(argv, { signal, deadlineMs: ASK_MS_MAX, outputBytesMax: 4096 });
  return { ok: code === 0, seen: killedBy ?? `exit ${code}` };
}

async function askUrl(url: string, signal: AbortSignal) {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS_MAX)]) });
  await response.body?.cancel();
  return { ok: response.ok, seen: `status ${response.status}` };
}
