import type { RunRecovery } from "../../fault/recover.ts";
import type { Residue } from "../../platform.ts";

/** One change that a journal held open, and the result of healing it. */
interface HealedChange {
  readonly runId: string;
  readonly capability: string;
  readonly target: string;
  readonly reverted: boolean;
  readonly healed: boolean;
  readonly because: string;
}

/** What `gameday heal` found and did: printed line by line for people, or as a whole (`--json`). */
export class HealReport {
  readonly changes: HealedChange[] = [];
  /** Runs whose platform is gone, and every change with it. */
  readonly gone: string[] = [];
  /** Kinds of platforms that were searched by name. */
  readonly searched: string[] = [];
  readonly residue: Residue[] = [];
  /** The parts of the journals that could not be read. */
  readonly flaws: string[] = [];
  readonly #say: (line: string) => void;

  /** `say` null: nothing is printed before the end. */
  constructor(say: ((line: string) => void) | null) {
    this.#say = say ?? (() => undefined);
  }

  recovered({ runId, gone, healings, flaws }: RunRecovery): void {
    for (const flaw of flaws) this.flaws.push(`${runId}: journal: ${flaw}`);
    for (const flaw of flaws) this.#say(`${runId}: journal: ${flaw}`);
    if (gone) this.gone.push(runId);
    if (gone) this.#say(`${runId}: its platform is gone, and with it all changes`);
    for (const { change, reverted, healed, because } of healings) {
      const { capability, target } = change;
      this.changes.push({ runId, capability, target: target.id, reverted, healed, because });
      const state = healed ? "healed" : reverted ? `undone, not seen healed: ${because}` : `not undone: ${because}`;
      this.#say(`${runId}: ${capability} of ${target.id}: ${state}`);
    }
  }

  looking(kind: string): void {
    this.searched.push(kind);
    this.#say(`searching for residue by name on the ${kind}`);
  }

  end(journals: number): void {
    for (const { what, where } of this.residue) this.#say(`residue at ${where}: ${what}`);
    if (this.residue.length === 0) this.#say(journals === 0 ? "nothing to heal" : "all healed");
  }
}
