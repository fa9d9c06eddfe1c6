/**
 * clock: a target's processes are restarted under libfaketime, so that they see a clock that is ahead or behind, and restarted
 * without it to revert. They are restarted because a process whose clock can be moved while it runs pays for that all the time.
 * Monotonic clocks stay correct.
 */
import { globSync } from "node:fs";
import type { Capability, Change, TargetReferenceWithNode } from "../../../platform.ts";
import { ExitCode, GamedayError } from "../../../std/errors.ts";
import type { Lab } from "../lab-parts.ts";
import { inPlace } from "./place.ts";
import { witness } from "./witness.ts";

/**
 * Redis is excluded because it does not start under libfaketime, as are programs that do not get the time from the C library
 * (Go).
 */
const ROLES = ["app", "postgres"];
const LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1";

export function clockCapability(lab: Lab): Capability<"clock"> {
  return {
    async prior(target) {
      if (!ROLES.includes(target.role)) throw cannotMove(target);
      return { library: libraryPath() };
    },
    async apply(change, signal) {
      const spec = lab.specOf(change.target);
      if (spec === undefined) throw cannotMove(change.target);
      await end(lab, change.target, signal);
      await lab.agentOf(change.target).start({ ...spec, env: { ...spec.env, ...skewed(change) } }, signal);
    },
    async bitten(change, signal) {
      const seen = await environmentOf(lab, change.target, signal);
      if (seen === null || seen.offset !== skewed(change)["FAKETIME"]) return null;
      const maps = await readProc(lab, change.target, `/proc/${seen.pid}/maps`, signal);
      if (!maps?.includes("libfaketime")) return null;
      return witness(lab, change.target, `/proc: pid ${seen.pid} runs with its clock at ${seen.offset}`);
    },
    async revert({ target }, signal) {
      const seen = await environmentOf(lab, target, signal);
      if (seen !== null && seen.offset === null) return; // it runs with the correct clock already
      if (seen !== null) await end(lab, target, signal);
      await lab.startAgain(target, signal);
    },
    async healed({ target }, signal) {
      const seen = await environmentOf(lab, target, signal);
      if (seen === null || seen.offset !== null) return null;
      const place = await inPlace(lab, target, signal);
      return place === null ? null : witness(lab, target, `pid ${seen.pid} runs with the machine's clock; ${place}`);
    },
  };
}

/** Returns the environment for libfaketime(1): a relative offset that children inherit. */
function skewed(change: Change<"clock">): Record<string, string> {
  const seconds = change.parameters.offsetMs / 1000;
  return {
    LD_PRELOAD: libraryPath(),
    FAKETIME: `${seconds < 0 ? "" : "+"}${seconds}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

function end(lab: Lab, target: TargetReferenceWithNode, signal: AbortSignal): Promise<void> {
  return lab.agentOf(target).stop(lab.serviceOf(target), lab.config.app.gracePeriod, signal);
}

/** Returns the main process and the offset that it was started with (null: none); null when it is not running. */
async function environmentOf(lab: Lab, target: TargetReferenceWithNode, signal: AbortSignal) {
  const pid = (await lab.report(target, signal))?.pid ?? null;
  const text = pid === null ? null : await readProc(lab, target, `/proc/${pid}/environ`, signal);
  if (pid === null || text === null) return null;
  const offset = text.split("\0").find((line) => line.startsWith("FAKETIME="));
  return { pid, offset: offset?.slice("FAKETIME=".length) ?? null };
}

/** Returns null when the process has ended in the meantime. */
async function readProc(lab: Lab, target: TargetReferenceWithNode, path: string, signal: AbortSignal) {
  try {
    return await lab.agentOf(target).read(path, signal);
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

function libraryPath(): string {
  const [found] = globSync(LIBRARY);
  if (found !== undefined) return found;
  throw new GamedayError({
    code: "lab-no-faketime",
    expected: "libfaketime to move clocks with",
    got: `nothing at ${LIBRARY}`,
    hint: "apt-get install libfaketime",
    exitCode: ExitCode.notReady,
  });
}

function cannotMove(target: TargetReferenceWithNode): GamedayError {
  return new GamedayError({
    code: "lab-clock",
    expected: `a target whose clock can be moved: ${ROLES.join(" or ")}`,
    got: target.id,
    exitCode: ExitCode.notReady,
  });
}
