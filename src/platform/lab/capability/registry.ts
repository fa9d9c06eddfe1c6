/**
 * Knows every change that is in force, and reverts each when its time is up, without the tool that made it: the process that
 * hosts the lab outlives a run that was killed, and when the host itself dies, so does the whole lab.
 */
import type { Capability, CapabilityName, Change, Residue } from "../../../platform.ts";
import { messageOf } from "../../../std/errors.ts";

interface Active {
  readonly change: Change;
  readonly timer: NodeJS.Timeout | undefined;
}

const REVERT_MS = 30_000;

export class ChangeRegistry {
  readonly #active = new Map<string, Active>();
  readonly #capabilities: Partial<Readonly<Record<CapabilityName, Capability>>>;
  readonly can: Partial<Readonly<Record<CapabilityName, Capability>>>;

  constructor(capabilities: Partial<Readonly<Record<CapabilityName, Capability>>>) {
    this.#capabilities = capabilities;
    const wrapped = Object.entries(capabilities).map(([name, capability]) => [name, this.#watched(capability)]);
    this.can = Object.fromEntries(wrapped) as typeof this.can;
  }

  /** Returns whether a change of ours affects that target or its whole node. */
  isTouched(target: string, node: string): boolean {
    return [...this.#active.values()].some(
      ({ change }) => change.target.id === target || (change.target.role === "node" && change.target.node === node),
    );
  }

  /** Reverts every change that is in force; returns those that could not be reverted. */
  async revertAll(signal: AbortSignal): Promise<Residue[]> {
    const residue: Residue[] = [];
    for (const { change } of [...this.#active.values()].reverse()) {
      try {
        await this.#take(change, signal);
      } catch (trouble) {
        residue.push({ what: `${change.capability} ${change.id}: ${messageOf(trouble)}`, where: change.target.id });
      }
    }
    return residue;
  }

  close(): void {
    for (const { timer } of this.#active.values()) clearTimeout(timer);
    this.#active.clear();
  }

  #watched(capability: Capability): Capability {
    return {
      prior: (target, parameters, signal) => capability.prior(target, parameters, signal),
      bitten: (change, signal) => capability.bitten(change, signal),
      healed: async (change, signal) => {
        const seen = await capability.healed(change, signal);
        // A change that the platform itself repaired (a killed replica) is never reverted, and is no longer in force either.
        if (seen !== null) this.#forget(change);
        return seen;
      },
      apply: (change, signal) => {
        // The change counts as in force before it is made, so that one that fails halfway is reverted like the rest.
        this.#active.set(change.id, { change, timer: this.#expire(change) });
        return capability.apply(change, signal);
      },
      revert: (change, signal) => this.#take(change, signal),
    };
  }

  async #take(change: Change, signal: AbortSignal): Promise<void> {
    await this.#capabilities[change.capability]?.revert(change, signal);
    this.#forget(change);
  }

  #forget(change: Change): void {
    clearTimeout(this.#active.get(change.id)?.timer);
    this.#active.delete(change.id);
  }

  #expire(change: Change): NodeJS.Timeout | undefined {
    if (change.expiresAfterMs === null) return undefined;
    const take = () =>
      this.#take(change, AbortSignal.timeout(REVERT_MS)).catch((trouble: unknown) =>
        process.emitWarning(`lab: ${change.id} expired but could not be reverted: ${messageOf(trouble)}`),
      );
    return setTimeout(() => void take(), change.expiresAfterMs).unref();
  }
}
