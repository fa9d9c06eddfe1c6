/** Waits for an API server that is away. What undoes a change must not give up while it cannot be asked for. */
import type { Capability, CapabilityName } from "../../platform.ts";
import { hasCode } from "../../std/errors.ts";
import { pause } from "../../std/wait.ts";

const ASK_AGAIN_MS = 500;

/**
 * Repeats work while the API server does not answer, until the signal aborts; any other trouble is thrown at once. The work must be
 * safe to repeat, since a request may have been carried out although its answer was lost.
 */
export async function throughOutage<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  everyMs = ASK_AGAIN_MS,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      if (!hasCode(thrown, "kubernetes-unreachable")) throw thrown;
      signal.throwIfAborted();
    }
    await pause(everyMs, signal);
  }
}

/** Returns the capability whose changes are undone as soon as the API server is back. */
export function undoneThroughOutage<N extends CapabilityName>(capability: Capability<N>): Capability<N> {
  return {
    prior: (target, parameters, signal) => capability.prior(target, parameters, signal),
    apply: (change, signal) => capability.apply(change, signal),
    bitten: (change, signal) => capability.bitten(change, signal),
    revert: (change, signal) => throughOutage(() => capability.revert(change, signal), signal),
    healed: (change, signal) => capability.healed(change, signal),
  };
}
