/**
 * A model bound to the operations of one part. States are numbered so that the search handles plain integers.
 */
export interface Machine {
  readonly start: number;
  /** Returns the number of the state after operation `index`, or ILLEGAL. */
  step(state: number, index: number): number;
  readOnly(index: number): boolean;
  /** Returns whether operation `index` is fully described by what it needs and gives. */
  isPlain(index: number): boolean;
  /**
   * Returns the state that operation `index` needs, or ILLEGAL if it names none; `gives` does the same for the state that it
   * gives.
   */
  needs(index: number): number;
  gives(index: number): number;
  /** See ModelDefinition; undefined if the model defines none. */
  readonly leadsTo: ((from: number, to: number) => boolean) | undefined;
  says(index: number): string;
  describe(state: number): string;
  /** An estimate of the bytes used by the states that the machine has seen so far. */
  readonly bytes: number;
}

/** Stands for no state: the operation is impossible, or names no state. */
export const ILLEGAL = -1;
