/** A model bound to the operations of one part; states are numbered so that the search handles plain integers. */
export interface Machine {
  readonly start: number;
  /** Number of the state after operation `index`, or ILLEGAL. */
  step(state: number, index: number): number;
  readOnly(index: number): boolean;
  /** What operation `index` does is said by what it needs and gives. */
  isPlain(index: number): boolean;
  /** The state that operation `index` needs or gives, or ILLEGAL where it names none. */
  needs(index: number): number;
  gives(index: number): number;
  /** See ModelDefinition; undefined where the model defines none. */
  readonly leadsTo: ((from: number, to: number) => boolean) | undefined;
  says(index: number): string;
  describe(state: number): string;
  /** Bytes that the states take which it has seen so far; an estimate. */
  readonly bytes: number;
}

/** No state: an operation that cannot be, or names none. */
export const ILLEGAL = -1;
