/**
 * Caches the result of `read` for `ageMs`; calls for the same key share one read. A failure is not cached. Holds at most
 * `keysMax` keys and evicts the oldest first.
 */
export function remembered<T>(
  ageMs: number,
  keysMax: number,
  read: (key: string) => Promise<T>,
): (key: string) => Promise<T> {
  const known = new Map<string, { readonly value: Promise<T>; readonly atMs: number }>();
  return (key) => {
    const atMs = performance.now();
    const found = known.get(key);
    if (found !== undefined && atMs - found.atMs < ageMs) return found.value;
    const value = read(key);
    known.delete(key);
    known.set(key, { value, atMs });
    value.catch(() => known.delete(key));
    if (known.size > keysMax) known.delete(known.keys().next().value as string);
    return value;
  };
}
