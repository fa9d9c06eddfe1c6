/**
 * Returns how many of the items, sorted by `at`, are at or before the limit. Binary search, O(log n).
 */
export function countUpTo<T>(items: readonly T[], limit: number, at: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(items[middle] as T) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
