/**
 * Represents a model's states as numbers, so that a search handles plain integers; plain steps (see Step) are numbers as well.
 */
import type { Operation } from "../../history.ts";
import type { Json } from "../../std/json.ts";
import type { ModelDefinition, Step } from "./definition.ts";
import { ILLEGAL, type Machine } from "./machine.ts";

type Apply<State> = NonNullable<Step<State>["apply"]>;

/** The bytes of a state in addition to its text: an entry in two tables, and the state's own header. */
const STATE_BYTES = 128;

export class NumberedMachine<State> implements Machine {
  readonly start: number;
  readonly leadsTo: Machine["leadsTo"];
  readonly #definition: ModelDefinition<State>;
  readonly #operations: readonly Operation[];
  readonly #needs: Int32Array;
  readonly #gives: Int32Array;
  readonly #readOnly: Uint8Array;
  /** The functions of those steps that are not plain. */
  readonly #applies = new Map<number, Apply<State>>();
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  #bytes = 0;

  constructor(
    definition: ModelDefinition<State>,
    operations: readonly Operation[],
    part: string,
    initial: Json | undefined,
  ) {
    this.#definition = definition;
    this.#operations = operations;
    this.#needs = new Int32Array(operations.length).fill(ILLEGAL);
    this.#gives = new Int32Array(operations.length).fill(ILLEGAL);
    this.#readOnly = new Uint8Array(operations.length);
    this.start = this.#number(definition.start(initial, part));
    for (const [index, operation] of operations.entries()) this.#compile(definition.step(operation), index);
    const { leadsTo } = definition;
    this.leadsTo = leadsTo && ((from, to) => leadsTo(this.#states[from] as State, this.#states[to] as State));
  }

  get bytes(): number {
    return this.#bytes;
  }

  step(state: number, index: number): number {
    const needed = this.#needs[index] ?? ILLEGAL;
    if (needed !== ILLEGAL && needed !== state) return ILLEGAL;
    const apply = this.#applies.size === 0 ? undefined : this.#applies.get(index);
    if (apply === undefined) {
      const given = this.#gives[index] ?? ILLEGAL;
      return given === ILLEGAL ? state : given;
    }
    const next = apply(this.#states[state] as State);
    if (next === undefined) return ILLEGAL;
    return this.#readOnly[index] === 1 ? state : this.#number(next);
  }

  readOnly(index: number): boolean {
    return this.#readOnly[index] === 1;
  }

  isPlain(index: number): boolean {
    return !this.#applies.has(index);
  }

  needs(index: number): number {
    return this.#needs[index] ?? ILLEGAL;
  }

  gives(index: number): number {
    return this.#gives[index] ?? ILLEGAL;
  }

  /**
   * Describes the operation. The description is recreated on each call: keeping one for each operation would take more memory
   * than everything else.
   */
  says(index: number): string {
    const operation = this.#operations[index];
    return operation === undefined ? "" : this.#definition.step(operation).says;
  }

  describe(state: number): string {
    return this.#definition.keyOf(this.#states[state] as State);
  }

  #compile({ apply, needs, gives, readOnly }: Step<State>, index: number): void {
    if (apply !== undefined) this.#applies.set(index, apply);
    if (needs !== undefined) this.#needs[index] = this.#number(needs);
    if (gives !== undefined) this.#gives[index] = this.#number(gives);
    this.#readOnly[index] = readOnly ? 1 : 0;
  }

  #number(state: State): number {
    const key = this.#definition.keyOf(state);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#states.length);
    this.#bytes += STATE_BYTES + key.length + sizeOf(state);
    return this.#states.push(state) - 1;
  }
}

/**
 * Estimates the bytes of the state itself, if it is not its own text: one word for each element, somewhat more for each entry of
 * a map.
 */
function sizeOf(state: unknown): number {
  if (Array.isArray(state)) return 8 * state.length;
  return state instanceof Map ? 48 * state.size : 0;
}
