/** Runs the plan's own checks of whether the run may continue: a command that exits with 0, or a URL that answers 2xx. */

import type { StopProbe } from "../plan.ts";
import { askStatus, describeStatus } from "../std/ask-status.ts";
import { abortAt } from "../std/deadline.ts";
import { tryExec } from "../std/exec.ts";
import { whyUnreachable } from "../std/unreachable.ts";

const ASK_MS_MAX = 10_000;
const SAID_CHARACTERS_MAX = 200;

/** Runs one check; one that cannot be run counts as failed. Commands run in `folder`. Throws only if aborted. */
export async function ask(
  probe: StopProbe,
  folder: string,
  signal: AbortSignal,
): Promise<{ ok: boolean; seen: string }> {
  try {
    return "argv" in probe ? await askCommand(probe.argv, folder, signal) : await askUrl(probe.url, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    return { ok: false, seen: whyUnreachable(thrown) };
  }
}

async function askCommand(argv: readonly string[], folder: string, signal: AbortSignal) {
  const limits = { deadlineMs: ASK_MS_MAX, outputBytesMax: 0 };
  const { code, signal: killedBy, tail } = await tryExec(argv, { signal, cwd: folder, ...limits });
  const said = tail.trim().split("\n").at(-1)?.trim().slice(-SAID_CHARACTERS_MAX) ?? "";
  return { ok: code === 0, seen: `${killedBy ?? `exit ${code}`}${said === "" ? "" : `: ${said}`}` };
}

/** The most redirects that are followed, as a browser would; the last answer counts. */
const REDIRECTS_MAX = 5;

async function askUrl(url: string, signal: AbortSignal) {
  using limit = abortAt({ what: "an answer", deadlineMs: ASK_MS_MAX, signal });
  let next = new URL(url);
  for (let redirects = 0; ; redirects++) {
    const answer = await askStatus(next, { signal: limit.signal });
    const isMoved = answer.status >= 300 && answer.status <= 399 && answer.location !== null;
    if (!isMoved || redirects >= REDIRECTS_MAX)
      return { ok: answer.status >= 200 && answer.status <= 299, seen: describeStatus(answer) };
    next = new URL(answer.location ?? "", next);
  }
}
