/** A span of time in milliseconds since the start of the run, without `toMs` itself. Infinity: until the end of the evidence. */
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
