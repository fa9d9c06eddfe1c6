/**
 * Compares the checker with the oracle on seeded random histories; used by the quick test and by the long comparison.
 */
import { linearize } from "../../src/checker/linearizable/linearize.ts";
import { modelNamed } from "../../src/checker/linearizable/models.ts";
import type { Operation } from "../../src/history.ts";
import { seededRandom } from "../../src/std/random.ts";
import { isLinearizable } from "./oracle.ts";
import { corrupt, execute, type Shape } from "./random-history.ts";

export const COMPARED_MODELS = ["register", "cas-register", "set", "counter", "queue", "kv", "list-append"];

export interface Disagreement {
  readonly seed: string;
  readonly model: string;
  readonly checker: boolean | "unknown";
  readonly oracle: boolean;
  readonly operations: readonly Operation[];
}

export interface Comparison {
  readonly histories: number;
  readonly linearizable: number;
  readonly disagreements: readonly Disagreement[];
}

/**
 * Compares `histories` tiny histories from one seed, with the models in turn. Most are corrupted; an uncorrupted one must be
 * linearizable.
 */
export function compare(histories: number, seed: string): Comparison {
  const disagreements: Disagreement[] = [];
  let linearizable = 0;
  for (let number = 0; number < histories; number++) {
    const own = `${seed}/${number}`;
    const { model, operations, sound } = tinyHistory(own, number);
    const checker = linearize(operations, modelNamed(model)).linearizable;
    const oracle = isLinearizable(operations, model);
    if (oracle) linearizable += 1;
    if (checker !== oracle || (sound && !oracle)) {
      disagreements.push({ seed: own, model, checker, oracle, operations });
    }
  }
  return { histories, linearizable, disagreements };
}

function tinyHistory(seed: string, number: number): { model: string; operations: Operation[]; sound: boolean } {
  const random = seededRandom(seed);
  const model = COMPARED_MODELS[number % COMPARED_MODELS.length] ?? "register";
  const shape: Shape = {
    model,
    processes: 2 + random.int(3),
    operations: 4 + random.int(4),
    values: 2 + random.int(3),
    keys: random.pick([1, 1, 2]),
    unanswered: random.pick([0, 0.1, 0.4]),
    ticksMax: random.pick([1, 2, 4]),
  };
  const honest = execute(shape, random);
  const sound = random.float() < 0.2;
  let operations = honest;
  for (let times = sound ? 0 : 1 + random.int(6); times > 0; times--) operations = corrupt(operations, random);
  return { model, operations, sound };
}
