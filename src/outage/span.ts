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
