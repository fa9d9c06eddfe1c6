/**
 * All models, as one explicit list.
 */
import { GamedayError } from "../../std/errors.ts";
import { suggestion } from "../../std/suggest.ts";
import { casRegister } from "./cas-register.ts";
import { counter } from "./counter.ts";
import { kv } from "./kv.ts";
import { listAppend, multiRegister } from "./list-append.ts";
import type { Model } from "./model.ts";
import { queue } from "./queue.ts";
import { register } from "./register.ts";
import { set } from "./set.ts";

export const MODELS: readonly Model[] = [register, casRegister, set, counter, queue, kv, listAppend, multiRegister];

/** Returns the model with that name. Throws GamedayError with the nearest name if none exists. */
export function modelNamed(name: string): Model {
  const found = MODELS.find((model) => model.name === name);
  if (found !== undefined) return found;
  const names = MODELS.map((model) => model.name);
  throw new GamedayError({
    code: "model-unknown",
    expected: `a model (${names.join(", ")})`,
    got: `"${name}"`,
    hint: suggestion(name, names),
  });
}
