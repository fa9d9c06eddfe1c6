/**
 * Seeded randomness. A run has one seed; every part takes a stream of its own by name (`fork`), so that an additional draw in
 * one part does not change the draws of another.
 */
export interface Random {
  /** Returns a number in [0, 1) with 32 random bits. */
  float(): number;
  /** Returns a whole number in [0, below); `below` >= 1. */
  int(below: number): number;
  /** Returns one of the items. Throws RangeError if there is none. */
  pick<T>(items: readonly T[]): T;
  /** Returns a shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** Returns an independent stream that depends only on this seed and the name, not on earlier draws. */
  fork(name: string): Random;
}

/** Returns the stream of a seed. Generator: sfc32 (Chris Doty-Humphrey's Small Fast Counting), seeded through FNV-1a. */
export function seededRandom(seed: number | string): Random {
  const text = String(seed);
  const next = sfc32(hash(text, 0x9e3779b9), hash(text, 0x243f6a88), hash(text, 0xb7e15162), hash(text, 0xdeadbeef));
  const float = () => next() / 4294967296;
  const int = (below: number) => Math.floor(float() * below);
  return {
    float,
    int,
    pick: (items) => pickFrom(items, int),
    shuffle: (items) => shuffled(items, int),
    fork: (name) => seededRandom(`${text}/${name}`),
  };
}

function pickFrom<T>(items: readonly T[], int: (below: number) => number): T {
  if (items.length === 0) throw new RangeError("expected at least one item to pick from, got none");
  return items[int(items.length)] as T;
}

function shuffled<T>(items: readonly T[], int: (below: number) => number): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = int(last + 1);
    [copy[last], copy[other]] = [copy[other] as T, copy[last] as T];
  }
  return copy;
}

function hash(text: string, basis: number): number {
  let value = basis >>> 0;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16777619) >>> 0;
  return value;
}

function sfc32(a: number, b: number, c: number, counter: number): () => number {
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let warm = 0; warm < 12; warm++) next();
  return next;
}
