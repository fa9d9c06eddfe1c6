/** A span of time in milliseconds since run start; `toMs` belongs to it no more. Infinity: until the end of evidence. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export function overlaps(a: Span, b: Span): boolean {
  return a.fromMs < b.toMs && b.fromMs < a.toMs;
}

export function contains(span: Span, atMs: number): boolean {
  return span.fromMs <= atMs && atMs < span.toMs;
}

/** Milliseconds of `span` that none of the others covers. */
export function uncovered(span: Span, others: readonly Span[]): number {
  const sorted = others.filter((other) => overlaps(span, other)).sort((a, b) => a.fromMs - b.fromMs);
  let at = span.fromMs;
  let free = 0;
  for (const other of sorted) {
    free += Math.max(0, other.fromMs - at);
    at = Math.max(at, other.toMs);
  }
  return free + Math.max(0, span.toMs - at);
}
