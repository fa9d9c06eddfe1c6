/**
 * A search treats states of equal text as one state. These tests check for every model in the catalogue that two sequences of
 * changes which end in equal texts cannot be distinguished by any observation. The second sequence is built from pieces of the
 * text in which the first one ended, so that every separator in a text is also tried as a key and as a value.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Operation } from "../../history.ts";
import { GamedayError } from "../../std/errors.ts";
import type { Json } from "../../std/json.ts";
import { operation } from "../evidence.fixture.ts";
import { ILLEGAL } from "./machine.ts";
import type { Model } from "./model.ts";
import { MODELS } from "./models.ts";

const HOSTILE = [
  "a",
  "b",
  "1",
  "",
  " ",
  "=",
  ",",
  ":",
  '"',
  "\\",
  "[",
  "]",
  "{",
  "}",
  "null",
  "\n",
  "\u0000",
  "é",
  "a=1 b",
  "__proto__",
];
const VALUES: readonly Json[] = [
  1,
  2,
  "1",
  null,
  "null",
  [],
  [[]],
  "[]",
  {},
  "{}",
  true,
  "true",
  [1, [2, "2"]],
  0.5,
  ["1,2"],
  "\ud800",
];

interface Draw {
  readonly key: string;
  readonly other: string;
  readonly value: Json;
  readonly last: Json;
}

/** Inputs and outputs of all shapes that some model accepts. A model with another shape needs one more here. */
const SHAPES: readonly ((draw: Draw) => { readonly input: Json; readonly output: Json })[] = [
  ({ value }) => ({ input: value, output: null }),
  ({ value }) => ({ input: null, output: value }),
  ({ value }) => ({ input: value, output: true }),
  ({ value, last }) => ({ input: [value, last], output: true }),
  ({ value, last }) => ({ input: null, output: [value, last] }),
  ({ value }) => ({ input: null, output: [value] }),
  ...["w", "append", "r"].flatMap((what) => [
    ({ key, value }: Draw) => transaction([[what, key, value]]),
    ({ key, value, other, last }: Draw) =>
      transaction([
        [what, key, value],
        [what, other, last],
      ]),
  ]),
];

function transaction(micro: Json): { readonly input: Json; readonly output: Json } {
  return { input: micro, output: micro };
}

/** Builds an operation; returns undefined if the model does not accept it. */
function made(model: Model, kind: string, shape: number, draw: Draw): Operation | undefined {
  const { input, output } = SHAPES[shape]?.(draw) ?? { input: null, output: null };
  const one = operation({ kind, key: draw.key, input, outcome: { type: "ok", output } });
  try {
    model.accept(one);
    return one;
  } catch (thrown) {
    if (thrown instanceof GamedayError) return undefined;
    throw thrown;
  }
}

interface Way {
  readonly kind: string;
  readonly shape: number;
  readonly changes: boolean;
}

/**
 * Returns the kinds of a model with the shapes that it accepts, without shapes that it does not distinguish. Each kind must have
 * a shape.
 */
function waysOf(model: Model): Way[] {
  const draw = { key: "a", other: "b", value: 1, last: 2 };
  return model.kinds.flatMap((kind) => {
    const ways = SHAPES.flatMap((_, shape): [string, Way][] => {
      const one = made(model, kind, shape, draw);
      const says = one && model.machine([one], "", undefined).says(0);
      return one === undefined ? [] : [[`${says}`, { kind, shape, changes: model.accept(one).changes }]];
    });
    assert.ok(ways.length > 0, `no shape fits ${kind} of ${model.name}: add one to SHAPES`);
    return [...new Map(ways.toReversed()).values()];
  });
}

function operations(model: Model, ways: readonly Way[], words: readonly string[], values: readonly Json[]) {
  const text = fc.constantFrom(...words);
  const value = fc.constantFrom(...values);
  const draw = fc.record({ key: text, other: text, value, last: value });
  return fc
    .array(fc.tuple(fc.constantFrom(...ways), draw), { minLength: 2, maxLength: 4 })
    .map((drawn) => drawn.flatMap(([{ kind, shape }, each]) => made(model, kind, shape, each) ?? []));
}

/** Returns the text of the state after the operations, without illegal ones, and which of `probes` are legal in that state. */
function play(
  model: Model,
  changes: readonly Operation[],
  probes: readonly Operation[],
): { text: string; legal: boolean[] } {
  const machine = model.machine([...changes, ...probes], "", undefined);
  let state = machine.start;
  for (const index of changes.keys()) {
    const next = machine.step(state, index);
    if (next !== ILLEGAL) state = next;
  }
  const legal = probes.map((_, at) => machine.step(state, changes.length + at) !== ILLEGAL);
  return { text: machine.describe(state), legal };
}

/**
 * Builds single changes from two pieces of a text, one from its beginning and one up to its end, as keys and as values. If a key
 * or a value can be mistaken for the separator between two others, one of these changes leads to the same text.
 */
function forged(model: Model, ways: readonly Way[], text: string): Operation[] {
  const short = text.slice(0, FORGED_MAX);
  const ends = [short.length, short.length - 1, short.length - 2];
  const pairs = [0, 1, 2].flatMap((from) =>
    cuts(from, short.length).flatMap((to) =>
      cuts(to, short.length).flatMap((start) =>
        ends.map((end) => [short.slice(from, to), short.slice(start, end)] as const),
      ),
    ),
  );
  const distinct = [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()];
  return distinct.flatMap(([key, piece]) =>
    ways.flatMap(({ kind, shape }) =>
      valuesOf(piece).flatMap((value) => made(model, kind, shape, { key, other: key, value, last: value }) ?? []),
    ),
  );
}

const FORGED_MAX = 12;

function cuts(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at + 1);
}

/** Returns the text itself, and the value that it represents as JSON. */
function valuesOf(text: string): Json[] {
  try {
    return [text, JSON.parse(text) as Json];
  } catch {
    return [text];
  }
}

/** Returns a transaction that reads what the given transaction wrote. */
function asRead(change: Operation): Operation {
  const { input } = change;
  if (change.kind !== "txn" || !Array.isArray(input)) return change;
  const output = input.map((each) => (Array.isArray(each) ? ["r", ...each.slice(1)] : each));
  return { ...change, input: output, outcome: { type: "ok", output } };
}

/**
 * Checks that states of equal text admit the same operations. The operations of both sequences are most likely to distinguish
 * them, so they are probes too.
 */
function holds(
  model: Model,
  first: readonly Operation[],
  second: readonly Operation[],
  probes: readonly Operation[],
): void {
  const all = [...probes, ...first, ...second, ...first.map(asRead)];
  const [one, other] = [play(model, first, all), play(model, second, all)];
  if (one.text === other.text) assert.deepEqual(one.legal, other.legal, one.text);
}

for (const model of MODELS) {
  test(`${model.name}: no observation distinguishes states of equal text`, () => {
    const ways = waysOf(model);
    const changing = ways.filter(({ changes }) => changes);
    const hostile = operations(model, ways, HOSTILE, VALUES);
    fc.assert(
      fc.property(hostile, hostile, hostile, (first, second, probes) => holds(model, first, second, probes)),
      { seed: 11, numRuns: 60 },
    );
    fc.assert(
      fc.property(operations(model, changing, ["a", "b"], [1, 2, "x"]), hostile, (first, probes) => {
        const { text } = play(model, first, []);
        const alike = sameText(model, forged(model, changing, text), text);
        for (const second of alike) holds(model, first, [second], probes);
      }),
      { seed: 11, numRuns: 5 },
    );
  });
}

/** What a model treats as equal although its JSON differs: texts, numbers in texts, and an absent list and an empty one. */
const SAME: Readonly<Record<string, (value: Json) => Json>> = {
  counter: (value) => Number(value ?? 1),
  kv: (value) => (value === null ? "" : String(value)),
  "list-append": (value) => (Array.isArray(value) && value.length === 0 ? null : value),
};

for (const model of MODELS) {
  test(`${model.name}: different values leave different states`, () => {
    const same = SAME[model.name] ?? ((value: Json) => value);
    for (const way of waysOf(model).filter(({ kind, shape }) => givesValue(model, kind, shape))) {
      // Not every shape has the value where the model expects it.
      if (textAfter(model, way, 1) === textAfter(model, way, 2)) continue;
      const byText = new Map<string, string>();
      for (const value of VALUES) {
        const text = textAfter(model, way, value);
        if (text === undefined) continue;
        const own = JSON.stringify(same(value));
        assert.equal(byText.get(text) ?? own, own, `${way.kind} of ${model.name} leads to ${text}`);
        byText.set(text, own);
      }
      assert.ok(byText.size >= 3, `${byText.size} values tried`);
    }
  });
}

function givesValue(model: Model, kind: string, shape: number): boolean {
  const one = made(model, kind, shape, { key: "a", other: "b", value: 1, last: null });
  return one !== undefined && one.input !== null && model.accept(one).changes;
}

function textAfter(model: Model, { kind, shape }: Way, value: Json): string | undefined {
  const one = made(model, kind, shape, { key: "a", other: "b", value, last: null });
  return one && play(model, [one], []).text;
}

/** Returns those of the changes that lead from the start state to that text. */
function sameText(model: Model, changes: readonly Operation[], text: string): Operation[] {
  const machine = model.machine(changes, "", undefined);
  return changes.filter((_, index) => {
    const next = machine.step(machine.start, index);
    return next !== ILLEGAL && machine.describe(next) === text;
  });
}

test("two states that share one text are detected as two", () => {
  const model = MODELS.find(({ name }) => name === "multi-register") as Model;
  const write = (micro: Json) => [operation({ kind: "txn", input: micro, outcome: { type: "ok", output: micro } })];
  const one = play(
    model,
    write([
      ["w", "a", 1],
      ["w", "b", 2],
    ]),
    [],
  );
  const other = play(model, write([["w", "a=1 b", 2]]), []);
  assert.notEqual(one.text, other.text);
});
